using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CloudNative.BuildingBlocks.Events;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>
/// The event of one change: <c>{id, type, timestamp, partitionKey, tags, version, &lt;noun&gt;: {old?, new?}}</c>. Its id follows from the
/// entity's key and the version, so one change has one event however often it is published.
/// </summary>
internal static class EntityEvent
{
    // Events travel as application/json, never inside HTML: names stay legible and a byte stays a byte.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static OutgoingEvent Of(
        string noun, string id, EntityDocument before, EntityDocument after, long timestamp, IReadOnlyDictionary<string, string> tags)
    {
        var type = $"{noun}-{Verb(before, after)}";
        var eventId = NameBasedId.From($"{noun}-{id}", after.Version.ToString(CultureInfo.InvariantCulture));
        var buffer = new ArrayBufferWriter<byte>(before.Data.Length + after.Data.Length + 512);
        using var writer = new Utf8JsonWriter(buffer, Compact);
        writer.WriteStartObject();
        writer.WriteString("id"u8, eventId);
        writer.WriteString("type"u8, type);
        writer.WriteNumber("timestamp"u8, timestamp);
        writer.WriteString("partitionKey"u8, id);
        writer.WriteStartObject("tags"u8);
        foreach (var (tag, value) in tags)
            writer.WriteString(tag, value);
        writer.WriteEndObject();
        writer.WriteNumber("version"u8, after.Version);
        writer.WriteStartObject(noun);
        WriteImage(writer, "old"u8, before);
        WriteImage(writer, "new"u8, after);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return new OutgoingEvent(eventId, type, id, timestamp, buffer.WrittenMemory);
    }

    private static string Verb(EntityDocument before, EntityDocument after) => (before.IsLive, after.IsLive) switch
    {
        (false, true) => "created",
        (true, true) => "updated",
        _ => "deleted",
    };

    private static void WriteImage(Utf8JsonWriter writer, ReadOnlySpan<byte> name, EntityDocument document)
    {
        if (!document.IsLive)
            return;
        writer.WritePropertyName(name);
        writer.WriteRawValue(document.Data.Span, skipInputValidation: true);
    }
}
