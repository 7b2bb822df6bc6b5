using System.Text.Json;
using CloudNative.Local.Json;

namespace CloudNative.Local.Sidecars.Http;

/// <summary>
/// A JSON object read into fields by the other decoder that daprd uses (mapstructure): it goes on behind a mistake and names all of them in the end.
/// </summary>
internal sealed class GoMap
{
    private readonly JsonElement _source;
    private readonly string _path;
    private readonly List<string> _mistakes;

    /// <exception cref="GoJsonException">The value is no object.</exception>
    public GoMap(JsonElement source)
        : this(source, "", [])
    {
        if (source.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
            throw new GoJsonException($"'' expected a map, got '{Kind(source)}'");
    }

    private GoMap(JsonElement source, string path, List<string> mistakes)
    {
        _source = source;
        _path = path;
        _mistakes = mistakes;
    }

    /// <summary>Null where it is absent, null or wrong.</summary>
    public string? Text(string name)
    {
        var value = Member(name);
        return value.ValueKind == JsonValueKind.Undefined ? null : Text(value, _path + name);
    }

    public Dictionary<string, string> TextMap(string name)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var value = Object(name);
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
                texts[member.Name] = member.Value.ValueKind == JsonValueKind.Null ? "" : Text(member.Value, $"{_path}{name}[{member.Name}]") ?? "";
        }
        return texts;
    }

    public GoMap Nested(string name) => new(Object(name), _path + name + ".", _mistakes);

    public byte[] Bytes(string name) => GoStruct.Bytes(Member(name));

    /// <exception cref="GoJsonException">Something that was asked for has the wrong type.</exception>
    public void ThrowIfWrong()
    {
        if (_mistakes.Count > 0)
            throw new GoJsonException($"{_mistakes.Count} error(s) decoding:\n\n{string.Join('\n', _mistakes.Order(StringComparer.Ordinal).Select(mistake => "* " + mistake))}");
    }

    private JsonElement Member(string name) => _source.ValueKind == JsonValueKind.Object ? GoStruct.Member(_source, name) : default;

    private JsonElement Object(string name)
    {
        var value = Member(name);
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Object)
            return value;
        _mistakes.Add($"'{_path}{name}' expected a map, got '{Kind(value)}'");
        return default;
    }

    private string? Text(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString();
        _mistakes.Add($"'{path}' expected type 'string', got unconvertible type '{Type(value)}', value: '{Show(value)}'");
        return null;
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "slice",
        JsonValueKind.Object => "map",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "float64",
        _ => "bool",
    };

    private static string Type(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "[]interface {}",
        JsonValueKind.Object => "map[string]interface {}",
        _ => Kind(value),
    };

    private static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => $"[{string.Join(' ', value.EnumerateArray().Select(Show))}]",
        JsonValueKind.Object => $"map[{string.Join(' ', value.EnumerateObject().Select(member => $"{member.Name}:{Show(member.Value)}"))}]",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "<nil>",
        _ => value.GetRawText(),
    };
}
