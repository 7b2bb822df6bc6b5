using System.Text.Json;

namespace CloudNative.DataLake.Tests;

/// <summary>A listing of many pages, while two replicas store further events of the same milliseconds and move pages into the bucket.</summary>
public sealed class PagingWhileEventsArrive
{
    private const long FourOClock = 1_795_622_400_000;
    private const int Seeds = 150;

    [Fact]
    public async Task shows_each_event_that_was_there_at_the_start_exactly_once_in_an_order_that_stays()
    {
        var (pages, flushes) = (0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var (paged, flushed) = await RunAsync(new Random(seed), $"seed {seed}");
            (pages, flushes) = (pages + paged, flushes + flushed);
        }

        pages.ShouldBeGreaterThan(Seeds * 5);
        flushes.ShouldBeGreaterThan(Seeds);
    }

    [Fact]
    public async Task a_cursor_stays_short_where_thousands_share_a_millisecond()
    {
        var world = new LakeWorld();
        await using var lake = new LakeProcess(world, null, "--Lake:Pages=64", "--Lake:PageBytes=32768");
        foreach (var batch in Enumerable.Range(0, 3_000).Chunk(50))
            (await lake.StoreAsync([.. batch.Select(n => LakeProcess.Event($"e-{n:0000}", FourOClock))])).Count.ShouldBe(50);

        var ids = new List<string>();
        var longest = 0;
        for (LakeCursor? cursor = null; ;)
        {
            var page = await lake.PageAsync(700, cursor);
            ids.AddRange(Ids(page));
            if ((cursor = page.Next) is null)
                break;
            longest = Math.Max(longest, cursor.ToString().Length);
            await lake.SealAndFlushAsync();
        }

        ids.ShouldBe(Enumerable.Range(0, 3_000).Select(n => $"e-{n:0000}"));
        longest.ShouldBeInRange(1, 64);
    }

    private static async Task<(int Pages, int Flushes)> RunAsync(Random random, string seed)
    {
        var world = new LakeWorld();
        await using var one = new LakeProcess(world);
        await using var other = new LakeProcess(world);
        LakeProcess[] lakes = [one, other];
        var story = new Story(random, lakes, world);
        for (var step = 0; step < 12; step++)
            await story.StepAsync();

        var atStart = story.Stored.ToList();
        var shown = new List<string>();
        var pages = 0;
        for (LakeCursor? cursor = null; ; pages++)
        {
            var page = await lakes[random.Next(2)].PageAsync(random.Next(1, 9), cursor);
            shown.AddRange(Ids(page));
            if (page.Next is null)
                break;
            cursor = LakeCursor.TryParse(page.Next.ToString());
            cursor.ShouldBe(page.Next, seed);
            for (var step = random.Next(3); step > 0; step--)
                await story.StepAsync();
        }

        shown.ShouldBeUnique(seed);
        atStart.Except(shown).ShouldBeEmpty(seed);
        var whole = Ids(await one.PageAsync(1000, null));
        shown.ShouldBe(whole.Intersect(shown), seed);
        return (pages, story.Flushes);
    }

    private static List<string> Ids(EventPage page) =>
        [.. page.Documents.Select(document => JsonDocument.Parse(document).RootElement.GetProperty("id").GetString()!)];

    /// <summary>What happens to the lake, drawn step by step.</summary>
    private sealed class Story(Random random, LakeProcess[] lakes, LakeWorld world)
    {
        private readonly HashSet<string> _stored = [];
        private int _events;

        public IReadOnlyCollection<string> Stored => _stored;

        public int Flushes { get; private set; }

        public async Task StepAsync()
        {
            var lake = lakes[random.Next(2)];
            switch (random.Next(8))
            {
                case 0 or 1:
                    await lake.SealAndFlushAsync();
                    Flushes++;
                    break;
                case 2:
                    world.Clock.Advance(TimeSpan.FromSeconds(random.Next(15)));
                    await lake.LookAsync();
                    break;
                default:
                    _stored.UnionWith(await lake.StoreAsync([.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Next())]));
                    break;
            }
        }

        // Four milliseconds around the turn of an hour, so that nearly every event shares its own with many.
        private BuildingBlocks.Events.EventDocument Next() => LakeProcess.Event($"e-{_events++}", FourOClock - 2 + random.Next(4));
    }
}
