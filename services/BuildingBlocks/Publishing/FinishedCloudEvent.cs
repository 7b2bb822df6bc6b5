using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CloudNative.BuildingBlocks.Events;

namespace CloudNative.BuildingBlocks.Publishing;

/// <summary>A whole structured CloudEvent around a document, for attributes the sidecar would not set.</summary>
internal static class FinishedCloudEvent
{
    public static ReadOnlyMemory<byte> Write(OutgoingEvent outgoing, string source)
    {
        var buffer = new ArrayBufferWriter<byte>(outgoing.Document.Length + 512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", outgoing.Id);
        json.WriteString("source", source);
        json.WriteString("type", outgoing.Type);
        json.WriteString("subject", outgoing.PartitionKey);
        json.WriteString("time", DateTimeOffset.FromUnixTimeMilliseconds(outgoing.Timestamp).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        json.WriteString("datacontenttype", "application/json");
        foreach (var (name, value) in outgoing.CloudEventAttributes ?? new Dictionary<string, string>())
            json.WriteString(name, value);
        json.WritePropertyName("data");
        json.WriteRawValue(outgoing.Document.Span);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
