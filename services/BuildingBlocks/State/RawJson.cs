using System.Text.Json;

namespace CloudNative.BuildingBlocks.State;

/// <summary>Reads single members out of a JSON object and leaves their bytes as they are.</summary>
internal static class RawJson
{
    /// <summary>The raw text of a top-level member (the first of that name), empty where there is none or the text is no object.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static ReadOnlyMemory<byte> Member(ReadOnlyMemory<byte> json, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(json.Span);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            return default;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (found)
                return json[start..(int)reader.BytesConsumed];
        }

        return default;
    }

    /// <summary>A top-level member that is a string, else null.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static string? Text(ReadOnlyMemory<byte> json, ReadOnlySpan<byte> name)
    {
        var member = Member(json, name);
        if (member.IsEmpty || member.Span[0] is not (byte)'"')
            return null;
        var reader = new Utf8JsonReader(member.Span);
        reader.Read();
        return reader.GetString();
    }

    /// <summary>A top-level member that is a whole number, else null.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static long? Number(ReadOnlyMemory<byte> json, ReadOnlySpan<byte> name)
    {
        var member = Member(json, name);
        if (member.IsEmpty)
            return null;
        var reader = new Utf8JsonReader(member.Span);
        reader.Read();
        return reader.TokenType is JsonTokenType.Number && reader.TryGetInt64(out var number) ? number : null;
    }

    /// <summary>The member where it is there and not the JSON null, else empty.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static ReadOnlyMemory<byte> Present(ReadOnlyMemory<byte> json, ReadOnlySpan<byte> name)
    {
        var member = Member(json, name);
        return member.Span.SequenceEqual("null"u8) ? default : member;
    }
}
