using System.Text;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Publishing;

namespace CloudNative.BuildingBlocks.Tests.Publishing;

public sealed class WritingAFinishedCloudEvent
{
    private static readonly OutgoingEvent Outgoing = new(
        "e-1",
        "order-submitted",
        "o-1",
        1767225600123,
        """{"id":"e-1","type":"order-submitted","timestamp":1767225600123,"partitionKey":"o-1","tags":{},"n":1.10}"""u8.ToArray(),
        new Dictionary<string, string> { ["replayto"] = "orders", ["resubmitted"] = "1" });

    [Fact]
    public void mirrors_the_document_and_carries_its_text_untouched() =>
        Encoding.UTF8.GetString(FinishedCloudEvent.Write(Outgoing, "data-lake").Span).ShouldBe(
            """{"specversion":"1.0","id":"e-1","source":"data-lake","type":"order-submitted","subject":"o-1","time":"2026-01-01T00:00:00.123Z","datacontenttype":"application/json","replayto":"orders","resubmitted":"1","data":"""
            + """{"id":"e-1","type":"order-submitted","timestamp":1767225600123,"partitionKey":"o-1","tags":{},"n":1.10}}""");

    [Fact]
    public void is_read_back_as_it_was()
    {
        var read = DeliveredEventReader.Read(FinishedCloudEvent.Write(Outgoing, "data-lake"), new DeliveryMetadata())
            .ShouldBeOfType<DeliveredEvent.Readable>().Document;

        (read.Id, read.ReplayTo, read.Resubmitted).ShouldBe(("e-1", "orders", 1));
        read.Json.ToArray().ShouldBe(Outgoing.Document.ToArray());
    }
}
