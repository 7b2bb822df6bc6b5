using System.Text.Json;

namespace CloudNative.Local.PubSub.Components;

/// <summary>
/// The key of a record: publish metadata <c>partitionKey</c>, else the key it was delivered under (a dead letter), else <c>data.partitionKey</c>
/// of the event, else null, and the stream draws one.
/// </summary>
internal static class PartitionKey
{
    public static string? Of(PubSubMessage message)
    {
        foreach (var (name, value) in message.Metadata)
        {
            if (value.Length > 0 && name.Equals("partitionKey", StringComparison.OrdinalIgnoreCase))
                return value;
        }

        return message.Metadata.TryGetValue("__partitionKey", out var delivered) && delivered.Length > 0
            ? Uri.UnescapeDataString(delivered)
            : OfEvent(message.Data.Span);
    }

    private static string? OfEvent(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 10_000 });
            return Enters(ref reader, "data"u8, JsonTokenType.StartObject) && Finds(ref reader, "partitionKey"u8) ? NotEmpty(ref reader) : null;
        }
        catch (Exception noEvent) when (noEvent is JsonException or InvalidOperationException)
        {
            // Raw publishes carry any bytes.
            return null;
        }
    }

    private static bool Enters(ref Utf8JsonReader reader, ReadOnlySpan<byte> member, JsonTokenType token) =>
        reader.Read() && reader.TokenType == JsonTokenType.StartObject && Finds(ref reader, member) && reader.TokenType == token;

    /// <summary>Leaves the reader on the member's value; it stands on the object's start or on a member's end.</summary>
    private static bool Finds(ref Utf8JsonReader reader, ReadOnlySpan<byte> member)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMember = reader.ValueTextEquals(member);
            reader.Read();
            if (isMember)
                return true;
            reader.Skip();
        }

        return false;
    }

    private static string? NotEmpty(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } key ? key : null;
}
