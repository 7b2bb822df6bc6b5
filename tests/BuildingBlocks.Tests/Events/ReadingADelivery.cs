using System.Text;
using CloudNative.BuildingBlocks.Events;

namespace CloudNative.BuildingBlocks.Tests.Events;

public sealed class ReadingADelivery
{
    private static readonly DeliveryMetadata Metadata = new("key-1", 1_700_000_000_123, "shard-0:42", 1);

    [Fact]
    public void keeps_the_text_of_a_complete_document_byte_for_byte()
    {
        const string document = """{"z": 1.10,"id":"e-1" ,"type":"thing-created","timestamp":1526450000000,"partitionKey":"t-1","tags":{"a":"b"},"big":12345678901234567890123,"text":"\u00e9\/é"}""";

        var read = Readable($$"""{"specversion":"1.0","id":"ce-1","type":"thing-created","data": {{document}} ,"time":"2026-01-01T00:00:00Z"}""");

        Encoding.UTF8.GetString(read.Json.Span).ShouldBe(document);
        (read.Id, read.Type, read.Timestamp, read.PartitionKey, read.Version).ShouldBe(("e-1", "thing-created", 1526450000000, "t-1", null));
        read.ReadTags().ShouldBe(new Dictionary<string, string> { ["a"] = "b" });
    }

    [Theory]
    [InlineData(
        """{"type":"purple"}""",
        """{"type":"purple","id":"ce-1","timestamp":1767225600000,"partitionKey":"key-1","tags":{}}""")]
    [InlineData(
        """{ "id":"e-1", "type":"purple", "timestamp":5, "partitionKey":"u" }""",
        """{ "id":"e-1", "type":"purple", "timestamp":5, "partitionKey":"u" ,"tags":{}}""")]
    [InlineData(
        "{}",
        """{"id":"ce-1","type":"ce-type","timestamp":1767225600000,"partitionKey":"key-1","tags":{}}""")]
    [InlineData(
        """{"partitionKey":null,"id":"","more":[null],"type":"purple","tags":null,"timestamp": null}""",
        """{"partitionKey":"key-1","id":"ce-1","more":[null],"type":"purple","tags":{},"timestamp": 1767225600000}""")]
    public void fills_in_what_is_missing_and_nothing_else(string data, string expected)
    {
        var read = Readable($$"""{"specversion":"1.0","id":"ce-1","type":"ce-type","time":"2026-01-01T00:00:00Z","data":{{data}}}""");

        Encoding.UTF8.GetString(read.Json.Span).ShouldBe(expected);
    }

    [Fact]
    public void takes_the_arrival_where_the_CloudEvent_has_no_time_and_its_id_where_the_stream_tells_no_key()
    {
        var read = Readable("""{"specversion":"1.0","id":"ce-1","data":{"type":"purple"}}""", Metadata with { PartitionKey = null });

        (read.Timestamp, read.PartitionKey).ShouldBe((1_700_000_000_123, "ce-1"));
    }

    [Theory]
    [InlineData("2026-01-01T00:00:00Z", 1767225600000)]
    [InlineData("2026-01-01T01:00:00+01:00", 1767225600000)]
    [InlineData("2026-01-01T00:00:00.123456789Z", 1767225600123)]
    public void understands_the_times_that_sidecars_write(string time, long expected) =>
        Readable($$"""{"specversion":"1.0","id":"ce-1","time":"{{time}}","data":{"type":"purple"} }""").Timestamp.ShouldBe(expected);

    [Fact]
    public void takes_a_bare_JSON_object_as_the_document()
    {
        var read = Readable(" {\"type\":\"purple\",\"n\":1}\n");

        Encoding.UTF8.GetString(read.Json.Span)
            .ShouldBe("""{"type":"purple","n":1,"id":"shard-0:42","timestamp":1700000000123,"partitionKey":"key-1","tags":{}}""");
    }

    [Fact]
    public void sees_who_a_replay_is_meant_for()
    {
        var read = Readable("""{"specversion":"1.0","id":"e","replayed":"true","replayto":"orders","resubmitted":"2","time":"2026-01-01T00:00:00Z","data":{"type":"t","version":7,"replayto":"decoy"}}""");

        (read.Replayed, read.ReplayTo, read.Resubmitted, read.Version).ShouldBe((true, "orders", 2, 7));
    }

    [Theory]
    [InlineData("", "the record is no JSON object")]
    [InlineData("null", "the record is no JSON object")]
    [InlineData("[1]", "the record is no JSON object")]
    [InlineData("{\"a\":1", "the record is no JSON object")]
    [InlineData("{\"type\":\"t\"}{}", "the record is no JSON object")]
    [InlineData("""{"specversion":"1.0","id":"ce-1","data":"text"}""", "data is no JSON object")]
    [InlineData("""{"specversion":"1.0","id":"ce-1","data_base64":"AAE="}""", "data is no JSON object")]
    [InlineData("""{"specversion":"1.0","id":"ce-1","data":{"type":5}}""", "the member type is no text")]
    [InlineData("""{"specversion":"1.0","id":"ce-1","data":{"type":"t","timestamp":"now"}}""", "the member timestamp is no time in ms since 1970")]
    [InlineData("""{"specversion":"1.0","id":"ce-1","data":{"type":"t","timestamp":1e300}}""", "the member timestamp is no time in ms since 1970")]
    [InlineData("""{"specversion":"1.0","id":"ce-1","time":"2026-01-01T00:00:00Z","data":{"n":1}}""", "the event has no type")]
    [InlineData("""{"specversion":"1.0","id":"\ud800","data":{"n":1}}""", "the record is no JSON object")]
    public void refuses_garbage_with_a_reason_that_quotes_nothing(string body, string reason) =>
        DeliveredEventReader.Read(Encoding.UTF8.GetBytes(body), Metadata)
            .ShouldBeOfType<DeliveredEvent.Unreadable>().Reason.ShouldBe(reason);

    [Fact]
    public void refuses_bytes_that_are_no_text() =>
        DeliveredEventReader.Read(new byte[] { 0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d }, Metadata)
            .ShouldBeOfType<DeliveredEvent.Unreadable>().Id.ShouldBe("shard-0:42");

    [Fact]
    public void never_throws_whatever_byte_of_a_delivery_is_broken()
    {
        var good = Encoding.UTF8.GetBytes("""{"specversion":"1.0","id":"ce-\u00e91","time":"2026-01-01T00:00:00Z","data":{"type":"t","timestamp":5,"tags":null,"x":{"y":[1,"é",null]}},"replayto":"a"}""");
        for (var position = 0; position < good.Length; position++)
        {
            foreach (var broken in new byte[] { 0, (byte)'"', (byte)'{', (byte)'}', (byte)'\\', 0xff, (byte)'9' })
            {
                var body = (byte[])good.Clone();
                body[position] = broken;
                DeliveredEventReader.Read(body, Metadata).ShouldNotBeNull();
            }

            DeliveredEventReader.Read(good.AsMemory(0, position), Metadata).ShouldBeOfType<DeliveredEvent.Unreadable>();
        }
    }

    [Fact]
    public void gives_what_has_no_id_the_same_one_each_time()
    {
        var first = DeliveredEventReader.Read("garbage"u8.ToArray(), new DeliveryMetadata());
        var again = DeliveredEventReader.Read("garbage"u8.ToArray(), new DeliveryMetadata(Attempt: 2));

        again.ShouldBe(first);
    }

    private static EventDocument Readable(string body, DeliveryMetadata? metadata = null) =>
        DeliveredEventReader.Read(Encoding.UTF8.GetBytes(body), metadata ?? Metadata).ShouldBeOfType<DeliveredEvent.Readable>().Document;
}
