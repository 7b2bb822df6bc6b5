using System.Text;
using CloudNative.Local.PubSub;
using CloudNative.Local.PubSub.Delivering;
using CloudNative.Local.PubSub.Subscribing;

namespace CloudNative.Local.Tests.PubSub;

public sealed class WritingABatch
{
    private static readonly Guid EntryId = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Id = new("00000000-0000-0000-0000-000000000002");

    [Fact]
    public void is_byte_for_byte_what_daprd_writes()
    {
        var entry = Entry("""{"t":"<x>", "n":9007199254740993, "f":1.50}""", metadata: [("z", "1"), ("a\"", "<2>")]);

        Text(entry).ShouldBe("""
            {"entries":[{"entryId":"00000000-0000-0000-0000-000000000001","event":{"f":1.5,"n":9007199254740992,"t":"\u003cx\u003e"},
            "metadata":{"a\"":"\u003c2\u003e","z":"1"},"contentType":"application/cloudevents+json"}],
            "id":"00000000-0000-0000-0000-000000000002","metadata":{"pubsubName":"bus"},"pubsubname":"bus","topic":"things/*","type":"com.dapr.event.sent.bulk"}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public void carries_the_bytes_of_a_raw_subscription_in_base64()
    {
        var entry = Entry("not json", isRaw: true);

        entry.ShouldSatisfyAllConditions(
            () => Encoding.UTF8.GetString(entry.Event.Span).ShouldBe("\"bm90IGpzb24=\""),
            () => entry.ContentType.ShouldBe("application/octet-stream"),
            () => entry.Path.ShouldBe("/rest"),
            () => entry.Trace.ShouldBeNull());
    }

    [Theory]
    [InlineData("""{"type":"a"}""", "Post", "/a")]
    [InlineData("""{"type":"b"}""", "Post", "/rest")]
    [InlineData("{}", "Fail", "")]
    [InlineData("[1]", "Fail", "")]
    [InlineData("text", "Fail", "")]
    [InlineData("""{"type":"a","n":1e999}""", "Fail", "")]
    [InlineData("""{"type":"a","expiration":"2026-11-25T00:00:00Z"}""", "Skip", "")]
    public void an_entry_is_posted_skipped_or_failed_for_itself(string json, string step, string path)
    {
        var entry = Entry(json, rules: """{"rules":[{"match":"event.type == 'a'","path":"/a"}],"default":"/rest"}""");

        (entry.Step.ToString(), entry.Path).ShouldBe((step, path));
    }

    [Fact]
    public void an_entry_that_no_rule_wants_goes_to_the_root() =>
        Entry("""{"type":"b"}""", rules: """{"rules":[{"match":"event.type == 'a'","path":"/a"}]}""").Path.ShouldBe("/");

    [Fact]
    public void goes_on_with_the_trace_of_the_last_entry_that_has_one()
    {
        const string First = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        const string Last = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        BulkEnvelope.Trace([Entry($$"""{"traceparent":"{{First}}"}"""), Entry($$"""{"traceid":"{{Last}}"}"""), Entry("{}")]).ShouldBe(Last);
        BulkEnvelope.Trace([Entry("""{"traceid":""}""")]).ShouldBe("");
        BulkEnvelope.Trace([Entry("{}")]).ShouldBeNull();
    }

    private static string Text(BatchEntry entry) => Encoding.UTF8.GetString(BulkEnvelope.Write(Id, "bus", "things/*", [entry]));

    private static BatchEntry Entry(string data, string rules = """{"default":"/rest"}""", bool isRaw = false, params (string Key, string Value)[] metadata)
    {
        var subscription = ProgrammaticSubscriptions.Read(Encoding.UTF8.GetBytes(
            $$"""[{"pubsubname":"bus","topic":"things/*","routes":{{rules}},"metadata":{"rawPayload":"{{isRaw}}"} }]""")).Single();
        var message = new PubSubMessage("things/1", Encoding.UTF8.GetBytes(data), metadata.ToDictionary(pair => pair.Key, pair => pair.Value));
        return BatchEntry.For(subscription, message, new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero), EntryId);
    }
}
