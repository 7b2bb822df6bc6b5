using System.Globalization;
using System.Text.Json.Nodes;
using CloudNative.TestKit;

namespace CloudNative.Acceptance;

/// <summary>kill -9 of search-bff at random moments during 5,000 events of 500 things, published by hand.</summary>
public sealed class KillingTheSearch
{
    private const int Events = 5_000;
    private const int Things = 500;
    private const int Publishers = 16;
    private const int Kills = 6;
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(6);

    private int _published;

    [Fact]
    public async Task S3_S5_the_index_is_exactly_right_and_every_hit_has_its_detail()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(_deadline);
        await using var stack = await LocalStack.StartAsync(["--only", "search-bff"], deadline.Token);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var sidecar = new SidecarClient(http, stack.Run["search-bff"].Http);

        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => PublishAsync(sidecar, publisher, deadline.Token)));
        await KillAtRandomAsync(stack, deadline.Token);
        await publishing;

        var expected = Enumerable.Range(0, Things).Where(thing => !IsDeleted(thing, Versions)).Select(thing => (Id(thing), Name(thing, Versions))).ToList();
        var search = new SearchClient(http, stack.Run["search-bff"].Address);
        var hits = await Eventually.ReadAsync(
            async () => await search.TryFindAsync("killed", deadline.Token) ?? [],
            found => Seen(found).SequenceEqual(expected),
            TimeSpan.FromSeconds(180),
            deadline.Token);
        foreach (var hit in hits.Take(200))
        {
            var (status, body) = await search.DetailAsync(hit, deadline.Token);
            (status, JsonNode.Parse(body)!["name"]!.GetValue<string>()).ShouldBe((200, hit["name"]!.GetValue<string>()));
        }

        Directory.GetFiles(Path.Combine(stack.Data, "things-bucket"), "*", SearchOption.AllDirectories).Length.ShouldBe(expected.Count);
    }

    private static int Versions => Events / Things;

    // One thing in five ends deleted; all of them are deleted and made again on the way.
    private static bool IsDeleted(int thing, int version) => version % 5 == 0 && (version < Versions || thing % 5 == 0);

    private static string Id(int thing) => string.Create(CultureInfo.InvariantCulture, $"killed-{thing:0000}");

    private static string Name(int thing, int version) => string.Create(CultureInfo.InvariantCulture, $"killed thing {thing} at {version}");

    private static IEnumerable<(string Id, string Name)> Seen(IReadOnlyList<JsonObject> hits) =>
        hits.Select(hit => (Id: hit["id"]!.GetValue<string>(), Name: hit["name"]!.GetValue<string>())).OrderBy(hit => hit.Id, StringComparer.Ordinal);

    /// <summary>Publishes the versions of its share of the things, each thing's in order, one thing after the other by turns.</summary>
    private async Task PublishAsync(SidecarClient sidecar, int publisher, CancellationToken cancellationToken)
    {
        for (var version = 1; version <= Versions; version++)
        {
            for (var thing = publisher; thing < Things; thing += Publishers)
            {
                var isDeleted = IsDeleted(thing, version);
                var type = isDeleted ? "thing-deleted" : version == 1 || IsDeleted(thing, version - 1) ? "thing-created" : "thing-updated";
                var image = $$"""{"id":"{{Id(thing)}}","name":"{{Name(thing, version)}}"}""";
                await sidecar.PublishAsync(
                    $$"""{"id":"{{Id(thing)}}-{{version}}","type":"{{type}}","partitionKey":"{{Id(thing)}}","version":{{version}},"thing":{"{{(isDeleted ? "old" : "new")}}":{{image}}} }""",
                    cancellationToken);
                Interlocked.Increment(ref _published);
            }
        }
    }

    private async Task KillAtRandomAsync(LocalStack stack, CancellationToken cancellationToken)
    {
        var random = new Random(20_180_731);
        for (var kill = 0; kill < Kills; kill++)
        {
            var at = (Events / (Kills + 1) * (kill + 1)) + random.Next(Events / Kills / 3);
            await Eventually.ReadAsync(() => Task.FromResult(Volatile.Read(ref _published)), n => n >= at, TimeSpan.FromSeconds(120), cancellationToken);
            stack.KillApp("search-bff");
        }
    }
}
