using System.Text.RegularExpressions;

namespace CloudNative.Conformance;

/// <summary>
/// Endings of error texts that are the wording of another language's libraries, as free-tails.txt lists them, one regular expression a line.
/// What comes before such an ending has to be as recorded, and something has to come in its place.
/// </summary>
internal static class FreeTails
{
    private static readonly Lazy<IReadOnlyList<Regex>> Patterns = new(() => [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "free-tails.txt"))
        .Where(line => line.Length > 0 && !line.StartsWith('#'))
        .Select(line => new Regex($"(?:{line})$", RegexOptions.Singleline | RegexOptions.CultureInvariant))]);

    /// <summary>What of a recorded text has to be there as it is; null where all of it has.</summary>
    public static string? Fixed(string recorded)
    {
        var starts = Patterns.Value.Select(pattern => pattern.Match(recorded)).Where(match => match.Success).Select(match => match.Index).ToList();
        return starts.Count == 0 ? null : recorded[..starts.Min()];
    }
}
