using System.Globalization;
using System.Text.Json.Nodes;
using CloudNative.SearchBff.Embedded;
using CloudNative.SearchBff.Indexing;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CloudNative.Conformance;

/// <summary>
/// How closely the embedded search engine orders a catalogue as a real one did. The file has <c>documents</c> (id, name, description) and
/// <c>queries</c>, lists of <c>{q, total, top: [[id, score], ...]}</c> by kind, or one such list.
/// </summary>
internal static class Relevance
{
    public const string Usage = "relevance <file> [--verbose]";
    private const int Top = 10;

    /// <returns>2 where the file cannot be read, else 0: a figure to read, nothing to pass.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        if (args is not [var file, .. var options] || !File.Exists(file))
        {
            await output.WriteLineAsync(Usage);
            return 2;
        }

        var recorded = JsonNode.Parse(await File.ReadAllTextAsync(file, cancellationToken))!.AsObject();
        var comparisons = await CompareAsync(recorded, cancellationToken);
        if (options.Contains("--verbose"))
        {
            foreach (var different in comparisons.Where(comparison => !comparison.IsIdentical))
                await output.WriteLineAsync($"{different.Query}: {string.Join(' ', different.Found)} instead of {string.Join(' ', different.Expected)}");
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"queries {comparisons.Count}, identical order {comparisons.Count(c => c.IsIdentical)}, overlap@{Top} {Mean(comparisons, c => c.Overlap):F3}, tau {Mean(comparisons, c => c.Tau):F3}"));
        return 0;
    }

    private static async Task<IReadOnlyList<RankComparison>> CompareAsync(JsonObject recorded, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("relevance-").FullName;
        try
        {
            using var index = new EmbeddedSearchIndex(Options.Create(new EmbeddedIndexOptions { Folder = folder }), new Surroundings(folder));
            await index.WriteAsync([.. recorded["documents"]!.AsArray().Select(document => Entry(document!))], cancellationToken);
            var comparisons = new List<RankComparison>();
            foreach (var query in Queries(recorded["queries"]!))
            {
                var text = query["q"]!.GetValue<string>();
                var found = await index.SearchAsync(new SearchRequest(SearchBff.Unicode.Composed(text), Top, null), cancellationToken);
                comparisons.Add(new RankComparison(text, [.. query["top"]!.AsArray().Take(Top).Select(IdOf)], [.. found.Things.Select(thing => thing.Id)]));
            }

            return comparisons;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<JsonNode> Queries(JsonNode queries) =>
        (queries is JsonObject kinds ? kinds.SelectMany(kind => kind.Value!.AsArray()) : queries.AsArray()).Select(query => query!);

    private static IndexEntry Entry(JsonNode document)
    {
        var id = document["id"]!.GetValue<string>();
        return new IndexEntry(
            SearchBff.ThingKey.Of(id), id, 1, SearchBff.Unicode.Composed(document["name"]?.GetValue<string>()), SearchBff.Unicode.Composed(document["description"]?.GetValue<string>()), null);
    }

    private static string IdOf(JsonNode? hit) => hit is JsonArray pair ? pair[0]!.GetValue<string>() : hit!.GetValue<string>();

    private static double Mean(IReadOnlyList<RankComparison> comparisons, Func<RankComparison, double> of) =>
        comparisons.Count == 0 ? 1 : comparisons.Average(of);

    private sealed class Surroundings(string root) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = Environments.Production;

        public string ApplicationName { get; set; } = nameof(Relevance);

        public string ContentRootPath { get; set; } = root;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
