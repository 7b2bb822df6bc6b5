using System.Text.Json;
using System.Text.Unicode;

namespace CloudNative.DataLake;

/// <summary>One event of the lake: its document, which is one line of text, and the members that reading asks for.</summary>
internal sealed record LakeLine(string Id, string Type, long Timestamp, string PartitionKey, ReadOnlyMemory<byte> Document)
{
    /// <summary>
    /// The document as a line: line breaks can only be white space between its tokens, since texts hold them escaped, and become blanks.
    /// Every other byte stays as it was delivered.
    /// </summary>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> document)
    {
        if (document.Span.IndexOfAny((byte)'\r', (byte)'\n') < 0)
            return document;
        var line = document.ToArray();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        return line;
    }

    /// <summary>Null for a line that is no event: torn, overwritten, or never ours.</summary>
    public static LakeLine? TryParse(ReadOnlyMemory<byte> line)
    {
        try
        {
            return Utf8.IsValid(line.Span) ? Parse(line) : null;
        }
        catch (Exception corrupt) when (corrupt is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The lines of a text, without their breaks and without empty ones.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> text)
    {
        while (text.Length > 0)
        {
            var end = text.Span.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (line.Length > 0)
                yield return line;
        }
    }

    private static LakeLine? Parse(ReadOnlyMemory<byte> line)
    {
        var reader = new Utf8JsonReader(line.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        string? id = null, type = null, partitionKey = null;
        long? timestamp = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
                id = Text(ref reader);
            else if (reader.ValueTextEquals("type"u8))
                type = Text(ref reader);
            else if (reader.ValueTextEquals("partitionKey"u8))
                partitionKey = Text(ref reader);
            else if (reader.ValueTextEquals("timestamp"u8))
                timestamp = Time(ref reader);
            else
                reader.Skip();
        }

        return !reader.Read() && id is not null && type is not null && partitionKey is not null && timestamp is { } time
            ? new LakeLine(id, type, time, partitionKey, line)
            : null;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        reader.Skip();
        return null;
    }

    // As the event document is read: 1.5e12 is a whole number of milliseconds too.
    private static long? Time(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.Number)
        {
            reader.Skip();
            return null;
        }

        var milliseconds = reader.TryGetInt64(out var whole) ? whole : (long)Math.Floor(reader.GetDouble());
        return LakeHour.Contains(milliseconds) ? milliseconds : null;
    }
}
