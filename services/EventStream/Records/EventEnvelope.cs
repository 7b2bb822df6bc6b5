using System.Globalization;
using System.Text.Json;

namespace CloudNative.EventStream.Records;

/// <summary>
/// What a listener gets for a record. A JSON object passes byte for byte; anything else, which daprd would hold back from the
/// app for ever, is wrapped into a CloudEvent that is the same at every delivery and to every group.
/// </summary>
internal static class EventEnvelope
{
    /// <summary>The nesting that Go's decoder, and so daprd, accepts.</summary>
    private static readonly JsonReaderOptions AsDeepAsDaprd = new() { MaxDepth = 10_000 };

    public static ReadOnlyMemory<byte> Of(StoredRecord record) => IsJsonObject(record.Data.Span) ? record.Data : Wrap(record);

    public static bool IsJsonObject(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data, AsDeepAsDaprd);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Wrap(StoredRecord record)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", $"{record.ShardId}:{record.SequenceNumber}");
            json.WriteString("source", "event-stream");
            json.WriteString("type", "event-stream.record");
            json.WriteString("time", record.ArrivedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("subject", record.PartitionKey);
            json.WriteBase64String("data_base64", record.Data.Span);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
