using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CloudNative.SearchBff.Indexing;

namespace CloudNative.SearchBff.Searching;

/// <summary>A place in the hits of one query, opaque to clients. It holds nothing a client could not know, so it is not signed; a foreign one is refused.</summary>
internal static class SearchCursor
{
    // An id of 256 characters of 4 bytes, a view's name of an engine, and base64 around them.
    private const int MaxLength = 8192;
    private const int Members = 4;

    public static string Write(SearchPosition position, string text)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            json.WriteStringValue(Fingerprint(text));
            json.WriteNumberValue(position.Score);
            json.WriteStringValue(position.Id);
            json.WriteStringValue(position.View);
            json.WriteEndArray();
        }

        return Base64Url.EncodeToString(buffer.ToArray());
    }

    /// <summary>Null where the cursor is none, or belongs to another query.</summary>
    public static SearchPosition? Read(string cursor, string text)
    {
        if (cursor.Length > MaxLength || !Base64Url.IsValid(cursor))
            return null;
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(cursor));
            return Read(json.RootElement, text);
        }
        catch (Exception forged) when (forged is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static SearchPosition? Read(JsonElement json, string text)
    {
        if (json.ValueKind is not JsonValueKind.Array || json.GetArrayLength() != Members || json[0].GetString() != Fingerprint(text))
            return null;
        var score = json[1].GetDouble();
        return double.IsFinite(score) && json[2].GetString() is { } id ? new SearchPosition(score, id, json[3].GetString()) : null;
    }

    private static string Fingerprint(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(..9));
}
