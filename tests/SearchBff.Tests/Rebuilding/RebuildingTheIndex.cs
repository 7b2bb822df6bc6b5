using System.Text.Json.Nodes;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.SearchBff.Indexing;
using CloudNative.SearchBff.Rebuilding;
using Microsoft.Extensions.DependencyInjection;
using static CloudNative.SearchBff.Tests.SearchService;

namespace CloudNative.SearchBff.Tests.Rebuilding;

public sealed class RebuildingTheIndex
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S9_ends_with_a_new_index_equal_to_the_old_one_that_kept_the_live_events_meanwhile()
    {
        var lake = new ReplayedLake();
        await using var search = await StartAsync(services => services.AddSingleton<ILakeReplay>(lake));
        foreach (var n in Enumerable.Range(0, 20))
            await lake.TellAsync(search, Event("thing-created", $"t{n:00}", 1, $"thing {n}"));
        await lake.TellAsync(search, Event("thing-updated", "t01", 2, "renamed thing"));
        await lake.TellAsync(search, Event("thing-deleted", "t02", 2, "thing 2"));
        lake.Replaying = async (type, events) =>
        {
            // While the past comes, something new happens, and something is deleted that the past brings.
            if (type == "thing-created")
            {
                await search.TellAsync(Event("thing-created", "live", 1, "live thing"));
                await search.TellAsync(Event("thing-deleted", "t03", 2, "thing 3"));
            }

            foreach (var past in events)
                (await search.DeliverAsync(past, ""","replayed":"true","replayto":"search-bff" """)).ShouldBe("SUCCESS");
            (await search.NotifyAsync()).ShouldBe("SUCCESS");
            (await search.IdsAsync("thing")).Length.ShouldBeGreaterThanOrEqualTo(19);
        };

        var (status, index) = await BeginAsync(search);
        (status, index).ShouldBe((202, "things-2"));
        (await EndAsync(search)).ShouldBe("done");

        var ids = await search.IdsAsync("thing");
        ids.Order().ShouldBe(Enumerable.Range(0, 20).Where(n => n is not (2 or 3)).Select(n => $"t{n:00}").Append("live").Order());
        (await search.IdsAsync("renamed")).ShouldBe(["t01"]);
        (await search.Get<ISearchIndex>().BuildingAsync(Token)).ShouldBeNull();
        await search.TellAsync(Event("thing-updated", "t04", 2, "afterwards"));
        (await search.IdsAsync("afterwards")).ShouldBe(["t04"]);
    }

    [Fact]
    public async Task S9_switches_nothing_while_the_new_index_lacks_an_entry_and_goes_on_when_asked_again()
    {
        var lake = new ReplayedLake();
        await using var search = await StartAsync(services => services.AddSingleton<ILakeReplay>(lake));
        await lake.TellAsync(search, Event("thing-created", "t1", 1, "thing"));
        await search.TellAsync(Event("thing-created", "unknown-to-the-lake", 1, "thing"));
        lake.Replaying = async (_, events) =>
        {
            foreach (var past in events)
                await search.DeliverAsync(past);
            await search.NotifyAsync();
        };

        await BeginAsync(search);
        (await EndAsync(search)).ShouldBe("failed");
        search.Get<Rebuild>().Status.Missing.ShouldBe(1);
        (await search.IdsAsync("thing")).Length.ShouldBe(2);

        await lake.TellAsync(search, Event("thing-created", "unknown-to-the-lake", 1, "thing"));
        await BeginAsync(search);
        (await EndAsync(search)).ShouldBe("done");
        (await search.IdsAsync("thing")).Length.ShouldBe(2);
    }

    [Fact]
    public async Task S9_a_lake_that_is_away_leaves_the_old_index_as_it_is()
    {
        var lake = new ReplayedLake { Replaying = (_, _) => throw new DependencyUnavailableException("The lake is away.") };
        await using var search = await StartAsync(services => services.AddSingleton<ILakeReplay>(lake));
        await search.TellAsync(Event("thing-created", "t1", 1, "thing"));

        await BeginAsync(search);

        (await EndAsync(search)).ShouldBe("failed");
        (await search.IdsAsync("thing")).ShouldBe(["t1"]);
    }

    private static async Task<(int Status, string Index)> BeginAsync(SearchService search)
    {
        using var answer = await search.Http.PostAsync("/rebuild", null, Token);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!;
        return ((int)answer.StatusCode, body["index"]!.GetValue<string>());
    }

    private static async Task<string> EndAsync(SearchService search)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(Deadline);
        while (true)
        {
            var state = JsonNode.Parse((await search.GetAsync("/rebuild")).Body)!["state"]!.GetValue<string>();
            if (state is "done" or "failed")
                return state;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
        }
    }

    /// <summary>A lake that remembers what it is told and replays it by type.</summary>
    private sealed class ReplayedLake : ILakeReplay
    {
        private readonly List<string> events = [];

        public Func<string, IReadOnlyList<string>, Task> Replaying { get; set; } = (_, _) => Task.CompletedTask;

        public async Task TellAsync(SearchService search, string data)
        {
            events.Add(data);
            await search.TellAsync(data);
        }

        public async ValueTask<long> ReplayAsync(string type, CancellationToken cancellationToken)
        {
            var ofType = events.Where(data => JsonNode.Parse(data)!["type"]!.GetValue<string>() == type).ToList();
            await Replaying(type, ofType);
            return ofType.Count;
        }
    }
}
