using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;

namespace CloudNative.BuildingBlocks.Events;

/// <summary>
/// Reads a delivery into an event document. Nothing is drawn here: what the document lacks comes from the CloudEvent around it or
/// from the stream's metadata, so every consumer and every redelivery sees the same document.
/// </summary>
public static class DeliveredEventReader
{
    /// <summary>
    /// Never throws: whatever is no event is <see cref="DeliveredEvent.Unreadable"/>. A JSON object that is no CloudEvent is the
    /// document itself (a foreign producer). JSON nested deeper than 64 levels is refused.
    /// </summary>
    public static DeliveredEvent Read(ReadOnlyMemory<byte> body, DeliveryMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        CloudEventEnvelope? envelope = null;
        try
        {
            if (!Utf8.IsValid(body.Span))
                return Unreadable(body, null, metadata, "the record is no UTF-8 text");
            envelope = CloudEventEnvelope.Read(body);
            return ReadDocument(body, envelope, metadata);
        }
        catch (Exception garbage) when (garbage is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text with half a surrogate pair. Parser messages may quote the text, ours do not.
            var reason = envelope is not null && garbage is JsonException { LineNumber: null } ? garbage.Message : "the record is no JSON object";
            return Unreadable(body, envelope, metadata, reason);
        }
    }

    private static DeliveredEvent ReadDocument(ReadOnlyMemory<byte> body, CloudEventEnvelope envelope, DeliveryMetadata metadata)
    {
        var data = envelope.IsCloudEvent ? envelope.Data : Trim(body);
        if (data is not { Length: > 0 } document || document.Span[0] != (byte)'{')
            return Unreadable(body, envelope, metadata, "data is no JSON object");
        var members = DocumentMembers.Read(document.Span);

        var cloudEventId = envelope.IsCloudEvent ? envelope.Id : null;
        var id = members.Id.Value ?? cloudEventId ?? metadata.Position;
        var type = members.Type.Value ?? (envelope.IsCloudEvent ? envelope.Type : null);
        var timestamp = members.Timestamp ?? (envelope.IsCloudEvent ? EventTime.FromText(envelope.Time) : null) ?? metadata.ArrivalTimestamp;
        if (id is null || type is null || timestamp is null || !EventTime.IsInRange(timestamp.Value))
            return Unreadable(body, envelope, metadata, $"the event has no {(id is null ? "id" : type is null ? "type" : "timestamp")}");
        var partitionKey = members.PartitionKey.Value ?? metadata.PartitionKey ?? cloudEventId ?? id;

        return new DeliveredEvent.Readable(
            new EventDocument(id, type, timestamp.Value, partitionKey, members.Version, DocumentCompletion.Complete(document, members, id, type, timestamp.Value, partitionKey))
            {
                Replayed = envelope.Replayed && envelope.IsCloudEvent,
                ReplayTo = envelope.IsCloudEvent ? envelope.ReplayTo : null,
                Resubmitted = envelope.IsCloudEvent ? envelope.Resubmitted : 0,
            });
    }

    private static DeliveredEvent.Unreadable Unreadable(ReadOnlyMemory<byte> body, CloudEventEnvelope? envelope, DeliveryMetadata metadata, string reason)
    {
        var id = envelope is { IsCloudEvent: true, Id: { } given } ? given : metadata.Position ?? Convert.ToHexStringLower(SHA256.HashData(body.Span));
        return new DeliveredEvent.Unreadable(id, metadata.PartitionKey ?? id, reason);
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> text)
    {
        var start = text.Span.IndexOfAnyExcept(" \t\r\n"u8);
        return start < 0 ? default : text[start..(text.Span.LastIndexOfAnyExcept(" \t\r\n"u8) + 1)];
    }
}
