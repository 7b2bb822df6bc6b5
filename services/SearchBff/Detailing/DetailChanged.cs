using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Listening;

namespace CloudNative.SearchBff.Detailing;

/// <summary>
/// The notification that a detail object is to be looked at, on a topic of this service's own that plays a bucket's notifications. It names
/// the thing and nothing more: what there is to do, its reader sees for itself, so order and number of notifications do not matter.
/// </summary>
internal static class DetailChanged
{
    public const string Topic = "things-bucket";
    public const string Type = "thing-detail-changed";

    /// <summary>Its key is the thing's id, so one thing's notifications are handled one after the other, whoever handles them.</summary>
    public static OutgoingEvent Of(ThingView view, EventDocument cause)
    {
        var id = NameBasedId.From("detail", view.Id, view.Revision.ToString(CultureInfo.InvariantCulture));
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("type", Type);
        json.WriteNumber("timestamp", cause.Timestamp);
        json.WriteString("partitionKey", view.Id);
        json.WriteStartObject("tags");
        json.WriteEndObject();
        json.WriteStartObject("detail");
        json.WriteString("id", view.Id);
        json.WriteBoolean("replayed", cause.Replayed);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return new OutgoingEvent(id, Type, view.Id, cause.Timestamp, buffer.WrittenMemory, Topic: Topic);
    }

    /// <exception cref="UnprocessableEventException">It names no thing.</exception>
    public static (string Id, bool Replayed) Read(EventDocument document)
    {
        using var json = JsonDocument.Parse(document.Json);
        if (!json.RootElement.TryGetProperty("detail", out var detail) || detail.ValueKind is not JsonValueKind.Object
            || !detail.TryGetProperty("id", out var id) || id.ValueKind is not JsonValueKind.String || id.GetString() is not { Length: > 0 } thing)
            throw new UnprocessableEventException("the notification names no thing");
        return (thing, detail.TryGetProperty("replayed", out var replayed) && replayed.ValueKind is JsonValueKind.True);
    }
}
