using System.Buffers;
using System.Text;
using System.Text.Json;
using CloudNative.Local.Json;
using CloudNative.Local.PubSub.CloudEvents;

namespace CloudNative.Local.PubSub.Publishing;

/// <summary>The refusal of a bulk publish body in Go's wording.</summary>
internal sealed class BulkBodyException(string message) : Exception(message);

/// <summary>An entry of the body as it stands there: the event is still JSON.</summary>
internal sealed record BulkBodyEntry(string EntryId, JsonElement Event, string ContentType, IReadOnlyDictionary<string, string>? Metadata);

/// <summary>The JSON array of an HTTP bulk publish. Member names match in any case; numbers of events go through doubles, as in daprd.</summary>
internal static class BulkRequestBody
{
    private const string Mismatch = "error: mismatch between contentType and event";

    /// <exception cref="BulkBodyException">The body is no array of entries.</exception>
    public static IReadOnlyList<BulkBodyEntry> Read(ReadOnlySpan<byte> body)
    {
        byte[] json;
        try
        {
            json = GoJson.Reserialize(body, GoNumbers.Float64);
        }
        catch (GoJsonException malformed)
        {
            throw new BulkBodyException(malformed.Message);
        }

        var root = JsonElement.Parse(json);
        if (root.ValueKind == JsonValueKind.Null)
            return [];
        if (root.ValueKind != JsonValueKind.Array)
            throw new BulkBodyException($"json: cannot unmarshal {Kind(root)} into Go value of type []http.bulkPublishMessageEntry");
        return [.. root.EnumerateArray().Select(Entry)];
    }

    /// <summary>The bytes of an event under its content type.</summary>
    /// <exception cref="BulkBodyException">They do not fit each other.</exception>
    public static ReadOnlyMemory<byte> EventBytes(JsonElement value, string contentType)
    {
        if (MediaTypes.IsJson(contentType) || MediaTypes.IsCloudEvent(contentType))
            return Encoding.UTF8.GetBytes(value.GetRawText());
        if (value.ValueKind != JsonValueKind.String)
            throw new BulkBodyException(Mismatch);
        if (MediaTypes.IsText(contentType))
            return Encoding.UTF8.GetBytes(value.GetString()!);
        if (MediaTypes.IsOctetStream(contentType))
            return Decode(value.GetString()!);
        throw new BulkBodyException(Mismatch);
    }

    private static BulkBodyEntry Entry(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            throw new BulkBodyException($"json: cannot unmarshal {Kind(entry)} into Go value of type http.bulkPublishMessageEntry");
        var (entryId, contentType) = ("", "");
        var @event = NullEvent;
        IReadOnlyDictionary<string, string>? metadata = null;
        foreach (var member in entry.EnumerateObject())
        {
            switch (member.Name.ToUpperInvariant())
            {
                case "ENTRYID": entryId = Text(member.Value, "entryId"); break;
                case "CONTENTTYPE": contentType = Text(member.Value, "contentType"); break;
                case "EVENT": @event = member.Value; break;
                case "METADATA": metadata = Metadata(member.Value); break;
            }
        }

        return new BulkBodyEntry(entryId, @event, contentType, metadata);
    }

    private static readonly JsonElement NullEvent = JsonElement.Parse("null"u8);

    private static Dictionary<string, string>? Metadata(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(pair => pair.Name, pair => Text(pair.Value, "metadata")),
        _ => throw new BulkBodyException(
            $"json: cannot unmarshal {Kind(value)} into Go struct field bulkPublishMessageEntry.metadata of type map[string]string"),
    };

    private static string Text(JsonElement value, string field) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => throw new BulkBodyException($"json: cannot unmarshal {Kind(value)} into Go struct field bulkPublishMessageEntry.{field} of type string"),
    };

    private static byte[] Decode(string text)
    {
        var compact = text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        var buffer = new byte[compact.Length];
        if (Convert.TryFromBase64String(compact, buffer, out var written) && !compact.Contains(' ', StringComparison.Ordinal))
            return buffer[..written];
        var wrong = compact.AsSpan().IndexOfAnyExcept(Base64Alphabet);
        throw new BulkBodyException(
            $"error: unable to decode base64 application/octect-stream data: illegal base64 data at input byte {(wrong < 0 ? compact.Length : wrong)}");
    }

    private static readonly SearchValues<char> Base64Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "bool",
    };
}
