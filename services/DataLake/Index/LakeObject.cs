using System.Globalization;
using System.Text.Json.Serialization;

namespace CloudNative.DataLake;

/// <summary>
/// An object of one hour: its name within the hour's folder, how many events it holds, their first and last timestamp (ms), and
/// the pages its lines come from, in their order, as <c>page:lines,page:lines</c>.
/// </summary>
internal sealed record LakeObject(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("first")] long First,
    [property: JsonPropertyName("last")] long Last,
    [property: JsonPropertyName("pages")] string? Pages = null)
{
    public static string PagesOf(IEnumerable<ArrivedLine> lines) =>
        string.Join(',', lines.GroupBy(line => line.Arrival.Page).Select(page => string.Create(CultureInfo.InvariantCulture, $"{page.Key}:{page.Count()}")));

    /// <summary>Where its lines stand in the order of arrival. A spoilt object may have more lines than it was listed with: those come after.</summary>
    public IEnumerable<Arrival> Arrivals()
    {
        var page = Name;
        var line = 0;
        // Objects listed without their pages count as one page of that name.
        foreach (var listed in Pages?.Split(',') ?? [])
        {
            var end = listed.LastIndexOf(':');
            page = listed[..end];
            var lines = int.Parse(listed.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            for (line = 0; line < lines; line++)
                yield return new Arrival(page, line);
        }

        while (true)
            yield return new Arrival(page, line++);
    }
}

/// <summary>The names that exist below a name of the catalogue: the months of the lake, the hours of a month.</summary>
internal sealed record CatalogueEntry([property: JsonPropertyName("names")] IReadOnlyList<string> Names);

[JsonSerializable(typeof(Ledger<LakeObject>))]
[JsonSerializable(typeof(Ledger<string>))]
[JsonSerializable(typeof(CatalogueEntry))]
[JsonSerializable(typeof(FlushPlan))]
internal sealed partial class LakeJson : JsonSerializerContext;
