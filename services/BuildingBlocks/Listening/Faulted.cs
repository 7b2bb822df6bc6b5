using System.Text.Json;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Faults;

namespace CloudNative.BuildingBlocks.Listening;

/// <summary>The fault that a delivery ends in, and the document that is put aside for it.</summary>
internal static class Faulted
{
    public static (Fault Fault, ReadOnlyMemory<byte> DeadLetter) From(
        DeliveredEvent delivered, ReadOnlyMemory<byte> body, string app, string reason) => delivered switch
        {
            DeliveredEvent.Readable { Document: var document } =>
                (new Fault(app, FaultStage.Handle, reason, document.Id, document.Type, document.PartitionKey, document.Resubmitted, document.Json) { Replayed = document.Replayed }, document.Json),
            DeliveredEvent.Unreadable unreadable =>
                (new Fault(app, FaultStage.Read, reason, unreadable.Id, null, unreadable.PartitionKey, 0, null), Wrap(body)),
            _ => throw new NotSupportedException(),
        };

    // What is no event may be no JSON either; as base64 every byte of it survives.
    private static byte[] Wrap(ReadOnlyMemory<byte> body)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBase64String("record", body.Span);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
