using System.Runtime.InteropServices;
using System.Text.Json;
using CloudNative.Local.Json;

namespace CloudNative.Local.Sidecars.Http;

/// <summary>
/// A request body read into fields as Go's encoding/json does: member names match without regard to case, null is the zero value, and a value
/// of the wrong kind is refused with Go's words, which end in the answer.
/// </summary>
internal static class GoStruct
{
    // As deep as Go's own decoder goes.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 10_000 };

    /// <exception cref="GoJsonException">The body is no JSON.</exception>
    public static JsonDocument Parse(ReadOnlySpan<byte> body) => JsonDocument.Parse(GoJson.Reserialize(body, GoNumbers.Float64), Options);

    /// <summary>The value's bytes as Go writes them; an absent value is null.</summary>
    public static byte[] Bytes(JsonElement value) =>
        value.ValueKind == JsonValueKind.Undefined ? "null"u8.ToArray() : JsonMarshal.GetRawUtf8Value(value).ToArray();

    /// <summary>Undefined where there is none or it is null.</summary>
    public static JsonElement Member(JsonElement source, string name)
    {
        var found = Raw(source, name);
        return found.ValueKind == JsonValueKind.Null ? default : found;
    }

    /// <summary>As <see cref="Member"/>, but null stays null.</summary>
    public static JsonElement Raw(JsonElement source, string name)
    {
        JsonElement found = default;
        foreach (var member in source.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                found = member.Value;
        }
        return found;
    }

    public static string Text(JsonElement source, string name, string structName)
    {
        var value = Member(source, name);
        return value.ValueKind switch
        {
            JsonValueKind.Undefined => "",
            JsonValueKind.String => value.GetString()!,
            _ => throw NotAField(value, structName + "." + name, "string"),
        };
    }

    public static Dictionary<string, string> TextMap(JsonElement source, string name, string structName)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var value = Member(source, name);
        if (value.ValueKind == JsonValueKind.Undefined)
            return texts;
        if (value.ValueKind != JsonValueKind.Object)
            throw NotAField(value, structName + "." + name, "map[string]string");
        foreach (var member in value.EnumerateObject())
        {
            texts[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString()!,
                JsonValueKind.Null => "",
                _ => throw NotAField(member.Value, structName + "." + name, "string"),
            };
        }
        return texts;
    }

    public static IEnumerable<JsonElement> Items(JsonElement source, string name, string structName, string goType)
    {
        var value = Member(source, name);
        return value.ValueKind switch
        {
            JsonValueKind.Undefined => [],
            JsonValueKind.Array => value.EnumerateArray(),
            _ => throw NotAField(value, structName + "." + name, goType),
        };
    }

    public static GoJsonException NotAValue(JsonElement value, string goType) =>
        new($"json: cannot unmarshal {Kind(value)} into Go value of type {goType}");

    public static GoJsonException NotAField(JsonElement value, string field, string goType) =>
        new($"json: cannot unmarshal {Kind(value)} into Go struct field {field} of type {goType}");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "bool",
    };
}
