using System.Globalization;

namespace CloudNative.Local.Resiliency;

/// <summary>Codes worth a retry, as <c>429,500-599</c>; an empty list stands for every code.</summary>
public sealed class StatusCodeRanges
{
    public static readonly StatusCodeRanges Every = new([]);

    private readonly IReadOnlyList<(int First, int Last)> ranges;

    private StatusCodeRanges(IReadOnlyList<(int First, int Last)> ranges) => this.ranges = ranges;

    /// <exception cref="FormatException">Not a list of codes and ranges between <paramref name="lowest"/> and <paramref name="highest"/>.</exception>
    public static StatusCodeRanges Parse(string? text, int lowest, int highest) => string.IsNullOrWhiteSpace(text)
        ? Every
        : new StatusCodeRanges([.. text.Split(',').Select(part => Range(part.Trim(), lowest, highest))]);

    public bool Contains(int code) => ranges.Count == 0 || ranges.Any(range => code >= range.First && code <= range.Last);

    private static (int First, int Last) Range(string part, int lowest, int highest)
    {
        var ends = part.Split('-');
        var first = Code(ends[0], part);
        var last = ends.Length == 1 ? first : Code(ends[1], part);
        return ends.Length <= 2 && lowest <= first && first <= last && last <= highest
            ? (first, last)
            : throw new FormatException($"'{part}' is no range of status codes from {lowest} to {highest}");
    }

    private static int Code(string text, string part) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? code
            : throw new FormatException($"'{part}' is no status code and no range of them");
}
