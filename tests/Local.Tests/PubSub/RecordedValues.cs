using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CloudNative.Local.Tests.PubSub;

/// <summary>Compares what came with what was recorded; <c>&lt;name:n&gt;</c> binds where it first appears and is the same ever after.</summary>
internal sealed partial class RecordedValues
{
    private readonly Dictionary<string, string> bound = [];

    public void ShouldMatch(JsonElement recorded, JsonElement actual, string where)
    {
        if (recorded.ValueKind == JsonValueKind.String && Placeholder().IsMatch(recorded.GetString()!))
        {
            Bind(recorded.GetString()!, actual.ToString(), where);
            return;
        }

        actual.ValueKind.ShouldBe(recorded.ValueKind, where);
        switch (recorded.ValueKind)
        {
            case JsonValueKind.Object:
                actual.EnumerateObject().Select(member => member.Name).ShouldBe(recorded.EnumerateObject().Select(member => member.Name), ignoreOrder: true, where);
                foreach (var member in recorded.EnumerateObject())
                    ShouldMatch(member.Value, actual.GetProperty(member.Name), $"{where}.{member.Name}");
                break;
            case JsonValueKind.Array:
                actual.GetArrayLength().ShouldBe(recorded.GetArrayLength(), where);
                foreach (var (expected, found) in recorded.EnumerateArray().Zip(actual.EnumerateArray()))
                    ShouldMatch(expected, found, $"{where}[]");
                break;
            case JsonValueKind.String:
                actual.GetString().ShouldBe(recorded.GetString(), where);
                break;
            default:
                actual.GetRawText().ShouldBe(recorded.GetRawText(), where);
                break;
        }
    }

    /// <summary>Text in which placeholders may stand anywhere.</summary>
    public void ShouldMatch(string recorded, string actual, string where)
    {
        var names = Placeholder().Matches(recorded).Select(match => match.Value).ToList();
        var pattern = $"^{Placeholder().Replace(Regex.Escape(recorded), "(.+?)")}$";
        var match = Regex.Match(actual, pattern, RegexOptions.Singleline);
        match.Success.ShouldBeTrue($"{where}: {actual} instead of {recorded}");
        for (var i = 0; i < names.Count; i++)
            Bind(names[i], match.Groups[i + 1].Value, where);
    }

    private void Bind(string placeholder, string value, string where)
    {
        if (placeholder.StartsWith("<time:", StringComparison.Ordinal))
            DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out _).ShouldBeTrue($"{where}: {value} is no time");
        else if (bound.TryGetValue(placeholder, out var before))
            value.ShouldBe(before, where);
        else
            bound[placeholder] = value;
    }

    [GeneratedRegex("<[a-z-]+(:[0-9]+)?>")]
    private static partial Regex Placeholder();
}
