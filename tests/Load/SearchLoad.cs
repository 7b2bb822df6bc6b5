using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using CloudNative.SearchBff.Embedded;
using CloudNative.SearchBff.Indexing;
using CloudNative.TestKit;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CloudNative.Load;

/// <summary>How long it takes from a mutation to a search that shows it, and what 100,000 things cost the embedded index.</summary>
internal static class SearchLoad
{
    private const int Documents = 100_000;
    private const int Batch = 500;

    private static readonly string[] Words = [.. Enumerable.Range(0, 20_000).Select(n => $"w{n.ToString("x", CultureInfo.InvariantCulture)}")];

    /// <summary>saveThing of things-bff, then /search over and over until the thing is there; the time is from sending the mutation.</summary>
    public static async Task RunAsync(string? runJson, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var stack = runJson is null ? await LocalStack.StartAsync(["--only", "things-bff,search-bff"], cancellationToken) : null;
        var run = stack?.Run ?? RunDocument.Read(runJson!);
        using var http = new HttpClient();
        var tag = Guid.NewGuid().ToString("N");
        var counters = new int[16];
        foreach (var clients in (int[])[1, 16])
        {
            Console.WriteLine(await Measurement.OfLoopsAsync($"mutation -> searchable, {clients} clients", clients, duration, async (client, ct) =>
            {
                var word = $"{tag}x{clients}x{client}x{counters[client]++}";
                await SaveAsync(http, run["things-bff"].Address, word, ct);
                await FoundAsync(http, run["search-bff"].Address, word, ct);
            }, cancellationToken));
        }

        Console.WriteLine(await Measurement.OfLoopsAsync("GET /search, one hit", 16, duration, (client, ct) =>
            FoundAsync(http, run["search-bff"].Address, $"{tag}x1x0x0", ct), cancellationToken));
    }

    /// <summary>The index alone, in this process: its writing, its size, and searches of one and of two words, of a phrase and of a prefix.</summary>
    public static async Task RunIndexAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("index-").FullName;
        try
        {
            using var index = new EmbeddedSearchIndex(Options.Create(new EmbeddedIndexOptions { Folder = folder }), new Surroundings(folder));
            Console.WriteLine(await FillAsync(index, cancellationToken));
            var bytes = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"index of {Documents} things: {bytes / 1e6:F1} MB on disk, {bytes / Documents} bytes a thing"));
            var random = new Random(1);
            foreach (var (kind, query) in new (string, Func<string>)[]
            {
                ("one word", () => Word(random)), ("two words", () => $"{Word(random)} {Word(random)}"),
                ("phrase", () => $"\"{Word(random)} {Word(random)}\""), ("prefix", () => $"w{random.Next(16):x}{random.Next(16):x}*"),
            })
            {
                Console.WriteLine(await Measurement.OfLoopsAsync($"search of {Documents} things, {kind}", 1, duration, async (_, ct) =>
                    await index.SearchAsync(new SearchRequest(query(), 20, null), ct), cancellationToken));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Measurement> FillAsync(EmbeddedSearchIndex index, CancellationToken cancellationToken)
    {
        var random = new Random(0);
        var measurement = new Measurement($"index write, {Batch} things durable at once");
        var started = Stopwatch.GetTimestamp();
        foreach (var ids in Enumerable.Range(0, Documents).Chunk(Batch))
        {
            var before = Stopwatch.GetTimestamp();
            await index.WriteAsync([.. ids.Select(id => Entry(random, id))], cancellationToken);
            measurement.Add([Stopwatch.GetElapsedTime(before).TotalMilliseconds]);
        }

        measurement.ElapsedSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        measurement.Remark = string.Create(CultureInfo.InvariantCulture, $"{Documents / measurement.ElapsedSeconds:F0} things/s");
        return measurement;
    }

    private static IndexEntry Entry(Random random, int id)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"thing-{id:000000}");
        return new IndexEntry(key, key, 1, Text(random, 4), Text(random, 20), null);
    }

    private static string Text(Random random, int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Word(random)));

    // Few words are common and most are rare, as in a catalogue.
    private static string Word(Random random) => Words[(int)(Words.Length * Math.Pow(random.NextDouble(), 3))];

    private static async Task SaveAsync(HttpClient http, Uri things, string word, CancellationToken cancellationToken)
    {
        var query = $$$$"""{"query":"mutation($input: ThingInput) { saveThing(input: $input) { id } }","variables":{"input":{"id":"{{{{word}}}}","name":"thing {{{{word}}}}"}}}""";
        using var content = new StringContent(query, new MediaTypeHeaderValue("application/json"));
        using var answer = await http.PostAsync(new Uri(things, "/graphql"), content, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task FoundAsync(HttpClient http, Uri search, string word, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (await http.GetStringAsync(new Uri(search, $"/search?q={word}"), cancellationToken) == "[]")
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
                throw new HttpRequestException("The thing was not found in 30 s.");
            // A search costs the processor that indexing needs as well.
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellationToken);
        }
    }

    private sealed class Surroundings(string root) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = Environments.Production;

        public string ApplicationName { get; set; } = nameof(SearchLoad);

        public string ContentRootPath { get; set; } = root;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
