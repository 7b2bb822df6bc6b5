using System.Text;
using System.Text.Json;

namespace CloudNative.EventStream;

public sealed class PublishingARecord
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("events/lane-3", "k", "lane")]
    [InlineData("events 1", "k", "topic")]
    [InlineData("", "k", "topic")]
    [InlineData("events", "", "partition key")]
    public async Task is_refused_with_the_reason(string topic, string key, string reason)
    {
        await using var stream = new AnEventStream();

        var refusal = await Should.ThrowAsync<InvalidRecordException>(async () => await stream.PublishAsync(key, "{}", topic));

        refusal.Message.ShouldContain(reason);
    }

    [Fact]
    public async Task is_refused_with_a_key_that_is_no_text()
    {
        await using var stream = new AnEventStream();

        var refusal = await Should.ThrowAsync<InvalidRecordException>(async () => await stream.PublishAsync("\ud800", "{}"));

        refusal.Message.ShouldContain("valid Unicode");
    }

    [Fact]
    public async Task has_a_limit_of_1_MiB_for_data_and_key_and_of_256_characters_for_the_key()
    {
        await using var stream = new AnEventStream();
        var inbox = new Inbox();
        stream.Subscribe(inbox.Acknowledging());
        var largest = new string('x', 1024 * 1024 - 3);

        await stream.PublishAsync("key", largest);
        await stream.PublishAsync(string.Concat(Enumerable.Repeat("😀", 256)), "{}");

        (await inbox.NextAsync()).ShouldNotBeNull();
        (await inbox.NextAsync()).ShouldNotBeNull();
        (await Should.ThrowAsync<InvalidRecordException>(async () => await stream.PublishAsync("keys", largest))).Message.ShouldContain("1048577");
        (await Should.ThrowAsync<InvalidRecordException>(async () => await stream.PublishAsync(new string('k', 257), "{}"))).Message.ShouldContain("256");
    }

    [Fact]
    public async Task passes_a_json_object_byte_for_byte_with_its_metadata()
    {
        await using var stream = new AnEventStream();
        var inbox = new Inbox();
        stream.Subscribe(inbox.Acknowledging());
        const string Text = """ { "b" : 1, "a":[ "é" ] , "b":2 } """;

        await stream.PublishAsync("a key/ü", Text);

        var delivery = await inbox.NextAsync();
        Inbox.TextOf(delivery).ShouldBe(Text);
        delivery.Metadata.Keys.ShouldBe(["__shardId", "__sequenceNumber", "__partitionKey", "__approximateArrivalTimestamp", "__attempt"], ignoreOrder: true);
        delivery.Metadata["__partitionKey"].ShouldBe("a%20key%2F%C3%BC");
        delivery.Metadata["__attempt"].ShouldBe("1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"a\":")]
    [InlineData("{} {}")]
    [InlineData("\u0000\u0001 garbage")]
    public async Task wraps_what_is_no_json_object_the_same_for_every_group_and_time(string data)
    {
        await using var stream = new AnEventStream();
        var (one, two) = (new Inbox(), new Inbox());
        stream.Subscribe(one.Answering(delivery => delivery.Attempt == 1 ? DeliveryOutcome.Failed : DeliveryOutcome.Acknowledged), group: "one");
        stream.Subscribe(two.Acknowledging(), group: "two");

        await stream.PublishAsync("key", data);

        var delivery = await one.NextAsync();
        using var document = JsonDocument.Parse(delivery.Data);
        var wrapped = document.RootElement;
        wrapped.GetProperty("id").GetString().ShouldBe($"{delivery.Metadata["__shardId"]}:{delivery.Metadata["__sequenceNumber"]}");
        wrapped.GetProperty("source").GetString().ShouldBe("event-stream");
        wrapped.GetProperty("type").GetString().ShouldBe("event-stream.record");
        wrapped.GetProperty("subject").GetString().ShouldBe("key");
        Encoding.UTF8.GetString(wrapped.GetProperty("data_base64").GetBytesFromBase64()).ShouldBe(data);
        Inbox.TextOf(await one.NextAsync()).ShouldBe(Inbox.TextOf(delivery));
        Inbox.TextOf(await two.NextAsync()).ShouldBe(Inbox.TextOf(delivery));
    }

    [Fact]
    public async Task draws_one_key_for_all_groups_where_none_is_given()
    {
        await using var stream = new AnEventStream();
        var (one, two) = (new Inbox(), new Inbox());
        stream.Subscribe(one.Acknowledging(), group: "one");
        stream.Subscribe(two.Acknowledging(), group: "two");

        await stream.Engine.PublishAsync(new NewRecord("events", "{}"u8.ToArray(), PartitionKey: null), Cancellation);

        var key = (await one.NextAsync()).Metadata["__partitionKey"];
        key.Length.ShouldBe(32);
        (await two.NextAsync()).Metadata["__partitionKey"].ShouldBe(key);
    }

    [Fact]
    public async Task tells_each_result_of_many_at_its_place_and_keeps_their_order()
    {
        await using var stream = new AnEventStream();
        var inbox = new Inbox();
        stream.Subscribe(inbox.Acknowledging());

        var results = await stream.Engine.PublishManyAsync(
            [Record("""{"n":1}"""), Record("{}") with { Topic = "events/lane-1" }, Record("""{"n":2}"""), Record("""{"n":3}""")], Cancellation);

        results.Select(result => result?.GetType()).ShouldBe([null, typeof(InvalidRecordException), null, null]);
        (await inbox.NextAsync(3)).ShouldBe(["""{"n":1}""", """{"n":2}""", """{"n":3}"""]);
    }

    private static NewRecord Record(string data) => new("events", Encoding.UTF8.GetBytes(data), "key");
}
