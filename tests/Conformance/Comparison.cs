using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CloudNative.Conformance;

/// <summary>Compares what was recorded with what came; every method gives the first difference in words, or null.</summary>
/// <param name="freeTails">Whether texts may end in another language's words: see <see cref="FreeTails"/>.</param>
internal sealed class Comparison(Placeholders placeholders, bool freeTails = false)
{
    private static readonly string[] Sets = ["components", "registeredComponents", "subscriptions", "enabledFeatures"];

    public string? Text(string what, string recorded, string actual) =>
        placeholders.Matches(recorded, actual) || (freeTails && FreeTails.Fixed(recorded) is { } start && placeholders.Matches(start, actual, anyEnding: true))
            ? null
            : $"{what}: expected {Short(recorded)}, got {Short(actual)}";

    /// <param name="all">Whether headers that were not recorded are a difference.</param>
    public string? Headers(JsonElement recorded, IReadOnlyDictionary<string, string> actual, bool all)
    {
        if (recorded.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var header in recorded.EnumerateObject())
        {
            if (!actual.TryGetValue(header.Name, out var value))
                return $"header {header.Name}: expected {Short(header.Value.GetString()!)}, got none";
            if (Text($"header {header.Name}", header.Value.GetString()!, value) is { } difference)
                return difference;
        }
        var extra = all ? actual.Keys.FirstOrDefault(name => !recorded.TryGetProperty(name, out _) && !Wire.LeftOut.Contains(name)) : null;
        return extra is null ? null : $"header {extra}: not expected, got {Short(actual[extra])}";
    }

    /// <summary>The body members of a recorded exchange: json, json_subset, text or base64; none of them means empty.</summary>
    public string? Body(JsonElement recorded, byte[] actual)
    {
        if (recorded.TryGetProperty("json", out var json))
            return Json(json, actual, subset: false);
        if (recorded.TryGetProperty("json_subset", out var subset))
            return Json(subset, actual, subset: true);
        if (recorded.TryGetProperty("text", out var text))
            return Text("body", text.GetString()!, Encoding.UTF8.GetString(actual)) is { } difference && !IsSameError(text.GetString()!, actual) ? difference : null;
        if (recorded.TryGetProperty("base64", out var base64))
            return Text("body (base64)", base64.GetString()!, Convert.ToBase64String(actual));
        return actual.Length == 0 ? null : $"body: expected none, got {Short(Encoding.UTF8.GetString(actual))}";
    }

    public string? Json(JsonElement recorded, byte[] actual, bool subset)
    {
        try
        {
            using var parsed = JsonDocument.Parse(actual.Length == 0 && recorded.ValueKind == JsonValueKind.Null ? "null"u8.ToArray() : actual);
            return Value("body", recorded, parsed.RootElement, subset);
        }
        catch (JsonException)
        {
            return $"body: expected {Short(recorded.GetRawText())}, got {Short(Encoding.UTF8.GetString(actual))}";
        }
    }

    /// <summary>Whether a body recorded to the byte is an error in JSON that differs in a free tail only.</summary>
    private bool IsSameError(string recorded, byte[] actual)
    {
        if (!freeTails || !recorded.StartsWith('{'))
            return false;
        using var parsed = JsonDocument.Parse(recorded);
        return Json(parsed.RootElement, actual, subset: false) is null;
    }

    public string? Value(string path, JsonElement recorded, JsonElement actual, bool subset = false)
    {
        if (recorded.ValueKind == JsonValueKind.String && actual.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            return Text(path, recorded.GetString()!, actual.ValueKind == JsonValueKind.String ? actual.GetString()! : actual.GetRawText());
        if (AsText(recorded) is { } text && actual.ValueKind == JsonValueKind.String)
            return Text(path, text, FromBase64(actual.GetString()!));
        if (recorded.ValueKind != actual.ValueKind)
            return Differ(path, recorded, actual);
        return recorded.ValueKind switch
        {
            JsonValueKind.Object => Members(path, recorded, actual, subset),
            JsonValueKind.Array => Elements(path, recorded, actual),
            JsonValueKind.Number => SameNumber(recorded, actual) ? null : Differ(path, recorded, actual),
            _ => null,
        };
    }

    private string? Members(string path, JsonElement recorded, JsonElement actual, bool subset)
    {
        foreach (var member in recorded.EnumerateObject())
        {
            var below = $"{path}.{member.Name}";
            if (!actual.TryGetProperty(member.Name, out var value))
            {
                if (subset && member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() == 0)
                    continue;
                return $"{below}: expected {Short(member.Value.GetRawText())}, got none";
            }
            var difference = Sets.Contains(member.Name) && value.ValueKind == JsonValueKind.Array && member.Value.ValueKind == JsonValueKind.Array
                ? Set(below, member.Value, value)
                : Value(below, member.Value, value);
            if (difference is not null)
                return difference;
        }
        if (subset)
            return null;
        var extra = actual.EnumerateObject().FirstOrDefault(member => !recorded.TryGetProperty(member.Name, out _));
        return extra.Value.ValueKind == JsonValueKind.Undefined ? null : $"{path}.{extra.Name}: not expected, got {Short(extra.Value.GetRawText())}";
    }

    private string? Elements(string path, JsonElement recorded, JsonElement actual)
    {
        if (recorded.GetArrayLength() != actual.GetArrayLength())
            return Differ(path, recorded, actual);
        return recorded.EnumerateArray().Zip(actual.EnumerateArray()).Index()
            .Select(pair => Value($"{path}[{pair.Index}]", pair.Item.First, pair.Item.Second))
            .FirstOrDefault(difference => difference is not null);
    }

    private string? Set(string path, JsonElement recorded, JsonElement actual)
    {
        var left = actual.EnumerateArray().ToList();
        foreach (var element in recorded.EnumerateArray())
        {
            var found = left.FindIndex(candidate => new Comparison(placeholders.Copy(), freeTails).Value(path, element, candidate) is null);
            if (found < 0)
                return $"{path}: expected {Short(element.GetRawText())} in it, got {Short(actual.GetRawText())}";
            Value(path, element, left[found]);
            left.RemoveAt(found);
        }
        return left.Count == 0 ? null : $"{path}: not expected {Short(left[0].GetRawText())}";
    }

    /// <summary>Bytes that are text are recorded as {"text": ...}.</summary>
    private static string? AsText(JsonElement recorded) =>
        recorded.ValueKind == JsonValueKind.Object && recorded.EnumerateObject().Count() == 1
        && recorded.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static string FromBase64(string text) =>
        Convert.TryFromBase64String(text, new byte[text.Length], out _) ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : text;

    private static bool SameNumber(JsonElement recorded, JsonElement actual) =>
        recorded.GetRawText() == actual.GetRawText()
        || (recorded.TryGetDecimal(out var one) && actual.TryGetDecimal(out var other) ? one == other : recorded.GetDouble().Equals(actual.GetDouble()));

    private static string Differ(string path, JsonElement recorded, JsonElement actual) =>
        $"{path}: expected {Short(recorded.GetRawText())}, got {Short(actual.GetRawText())}";

    private static string Short(string text)
    {
        var line = text.ReplaceLineEndings("\\n");
        return line.Length <= 240 ? line : string.Create(CultureInfo.InvariantCulture, $"{line[..240]}... ({line.Length})");
    }
}
