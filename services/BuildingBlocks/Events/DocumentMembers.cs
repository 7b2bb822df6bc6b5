using System.Text.Json;

namespace CloudNative.BuildingBlocks.Events;

/// <summary>A text member of a document: its value, or where it stands without one (null or empty), or nowhere at all.</summary>
internal readonly record struct TextMember(string? Value, Range? Blank);

/// <summary>The members of an event document that every consumer needs, and where those without a value stand in its text.</summary>
internal sealed class DocumentMembers
{
    public TextMember Id { get; private set; }

    public TextMember Type { get; private set; }

    public TextMember PartitionKey { get; private set; }

    public long? Timestamp { get; private set; }

    public Range? BlankTimestamp { get; private set; }

    public long? Version { get; private set; }

    public bool HasTags { get; private set; }

    public Range? BlankTags { get; private set; }

    public bool IsEmpty { get; private set; } = true;

    /// <exception cref="JsonException">A member has a value of the wrong kind; the message names it and quotes nothing.</exception>
    public static DocumentMembers Read(ReadOnlySpan<byte> document)
    {
        var members = new DocumentMembers();
        var reader = new Utf8JsonReader(document);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            members.IsEmpty = false;
            members.ReadMember(ref reader);
        }

        return members;
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("id"u8))
            Id = Text(ref reader, "id");
        else if (reader.ValueTextEquals("type"u8))
            Type = Text(ref reader, "type");
        else if (reader.ValueTextEquals("partitionKey"u8))
            PartitionKey = Text(ref reader, "partitionKey");
        else if (reader.ValueTextEquals("timestamp"u8))
            (Timestamp, BlankTimestamp) = Time(ref reader);
        else if (reader.ValueTextEquals("version"u8))
            Version = Number(ref reader);
        else if (reader.ValueTextEquals("tags"u8))
            (HasTags, BlankTags) = Tags(ref reader);
        else
            Pass(ref reader);
    }

    private static TextMember Text(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return new TextMember(null, TokenRange(ref reader));
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException($"the member {name} is no text");
        var text = reader.GetString();
        return string.IsNullOrEmpty(text) ? new TextMember(null, TokenRange(ref reader)) : new TextMember(text, null);
    }

    private static (long? Timestamp, Range? Blank) Time(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return (null, TokenRange(ref reader));
        if (reader.TokenType == JsonTokenType.Number && WholeNumber(ref reader) is { } milliseconds && EventTime.IsInRange(milliseconds))
            return (milliseconds, null);
        throw new JsonException("the member timestamp is no time in ms since 1970");
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number)
            return WholeNumber(ref reader);
        reader.Skip();
        return null;
    }

    private static (bool HasTags, Range? Blank) Tags(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return (false, TokenRange(ref reader));
        reader.Skip();
        return (true, null);
    }

    // 1.5e12 and 1500000000000.0 are whole numbers too.
    private static long? WholeNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out var whole))
            return whole;
        return reader.TryGetDouble(out var number) && Math.Abs(number) < 1e15 ? (long)Math.Floor(number) : null;
    }

    private static void Pass(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    private static Range TokenRange(ref Utf8JsonReader reader) => (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
}
