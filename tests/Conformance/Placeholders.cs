using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CloudNative.Conformance;

/// <summary>The values that change from run to run: known ones are put in, unknown ones bind where they first appear.</summary>
internal sealed partial class Placeholders
{
    // The peers bind what they receive while the steps go on.
    private readonly ConcurrentDictionary<string, string> values;

    public Placeholders() => values = [];

    private Placeholders(IEnumerable<KeyValuePair<string, string>> values) => this.values = new ConcurrentDictionary<string, string>(values);

    public string this[string name]
    {
        set => values[name] = value;
    }

    /// <summary>To try a comparison without keeping what it binds.</summary>
    public Placeholders Copy() => new(values);

    /// <summary>The text to send: a value seen first here is made up.</summary>
    public string Fill(string text) => Placeholder().Replace(text, match => Known(match.Value) ?? MadeUp(match.Value));

    /// <summary>Whether the text is as recorded; binds what it holds where it is.</summary>
    /// <param name="anyEnding">Whether more has to follow, whatever it is.</param>
    public bool Matches(string recorded, string actual, bool anyEnding = false)
    {
        if (!anyEnding && !recorded.Contains('<', StringComparison.Ordinal))
            return recorded == actual;
        var names = new List<string>();
        var match = Regex.Match(actual, $"^{Pattern(recorded, names)}{(anyEnding ? ".+" : "")}$", RegexOptions.Singleline | RegexOptions.CultureInvariant);
        if (!match.Success)
            return false;
        for (var i = 0; i < names.Count; i++)
            values[names[i]] = match.Groups[$"p{i}"].Value;
        return true;
    }

    private string Pattern(string recorded, List<string> names)
    {
        var pattern = new StringBuilder();
        var end = 0;
        foreach (Match match in Placeholder().Matches(recorded))
        {
            pattern.Append(Regex.Escape(recorded[end..match.Index]));
            end = match.Index + match.Length;
            if (Known(match.Value) is { } value)
                pattern.Append(Regex.Escape(value));
            else if (names.IndexOf(match.Value) is >= 0 and var same)
                pattern.Append(CultureInfo.InvariantCulture, $@"\k<p{same}>");
            else if (Binds(match.Value))
            {
                pattern.Append(CultureInfo.InvariantCulture, $"(?<p{names.Count}>{Shape(match.Value)})");
                names.Add(match.Value);
            }
            else
                pattern.Append(Shape(match.Value));
        }
        return pattern.Append(Regex.Escape(recorded[end..])).ToString();
    }

    private string? Known(string placeholder)
    {
        if (values.TryGetValue(placeholder, out var value))
            return value;
        if (Letters().Match(placeholder) is not { Success: true } letters)
            return null;
        var text = new string(letters.Groups[3].Value[0], int.Parse(letters.Groups[2].Value, CultureInfo.InvariantCulture));
        return letters.Groups[1].Length > 0 ? Convert.ToBase64String(Encoding.ASCII.GetBytes(text)) : text;
    }

    private string MadeUp(string placeholder)
    {
        var value = placeholder switch
        {
            _ when placeholder.StartsWith("<traceparent", StringComparison.Ordinal) => $"00-{Guid.NewGuid():N}-{Guid.NewGuid().ToString("N")[..16]}-01",
            _ when placeholder.StartsWith("<traceid", StringComparison.Ordinal) => Guid.NewGuid().ToString("N"),
            _ when placeholder.StartsWith("<span", StringComparison.Ordinal) => Guid.NewGuid().ToString("N")[..16],
            _ when placeholder.StartsWith("<uuid", StringComparison.Ordinal) => Guid.NewGuid().ToString(),
            _ => placeholder,
        };
        if (value != placeholder)
            values[placeholder] = value;
        return value;
    }

    private static bool Binds(string placeholder) =>
        placeholder.Contains(':', StringComparison.Ordinal) && !placeholder.StartsWith("<time", StringComparison.Ordinal);

    private static string Shape(string placeholder) => placeholder.Split(':', '>')[0] switch
    {
        "<uuid" => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "<time" => @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)",
        "<traceid" => "[0-9a-f]{32}",
        "<span" => "[0-9a-f]{16}",
        "<traceparent" => "[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}",
        "<seconds since 1970" or "<length" or "<source-port" => "[0-9]+",
        _ => ".*?",
    };

    // Lower-case words that stand for a value; other text in angle brackets is itself.
    [GeneratedRegex(@"<(?:[a-z]+:\d+|data|root|[a-z-]+-port|user-agent|runtime-version|host|host-ip|length|seconds since 1970|(?:base64 of )?\d+ letters .)>")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^<(base64 of )?(\d+) letters (.)>$")]
    private static partial Regex Letters();
}
