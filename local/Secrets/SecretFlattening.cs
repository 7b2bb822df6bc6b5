using System.Globalization;
using System.Text.Json;

namespace CloudNative.Local.Secrets;

/// <summary>Makes flat names of a nested file, <c>a:b:0</c>; values that are no strings come out in Go's formatting mishaps, as in daprd.</summary>
internal sealed class SecretFlattening(string separator)
{
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> EachAlone(JsonElement root)
    {
        var secrets = new SortedDictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var (name, value) in Flat(root))
            secrets[name] = new Dictionary<string, string> { [name] = value };
        return secrets;
    }

    /// <exception cref="FormatException">A value at the top is neither a string nor an object.</exception>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ByTopLevelName(JsonElement root)
    {
        var secrets = new SortedDictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var member in root.EnumerateObject())
        {
            secrets[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.String => new Dictionary<string, string> { [member.Name] = member.Value.GetString()! },
                JsonValueKind.Object => Flat(member.Value),
                _ => throw new FormatException("A value is neither a string nor an object."),
            };
        }
        return secrets;
    }

    private SortedDictionary<string, string> Flat(JsonElement value)
    {
        var flat = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(flat, "", value);
        return flat;
    }

    private void Add(SortedDictionary<string, string> flat, string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                    Add(flat, Below(name, member.Name), member.Value);
                break;
            case JsonValueKind.Array:
                foreach (var (index, element) in value.EnumerateArray().Index())
                    Add(flat, Below(name, index.ToString(CultureInfo.InvariantCulture)), element);
                break;
            default:
                flat[name] = Text(value);
                break;
        }
    }

    private string Below(string name, string part) => name.Length == 0 ? part : name + separator + part;

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => $"%!s(float64={value.GetRawText()})",
        JsonValueKind.Null => "%!s(<nil>)",
        _ => $"%!s(bool={value.GetRawText()})",
    };
}
