using CloudNative.TestKit;
using static CloudNative.AnalyticsBff.Tests.AnalyticsService;

namespace CloudNative.AnalyticsBff.Tests;

public sealed class CompetingForACounter
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A8_32_writers_on_one_counter_are_exact_after_conflicts_lost_answers_and_late_arrivals()
    {
        var time = new ImpatientTime();
        var memory = new InMemoryStateStore(time);
        var store = new UnreliableStore(memory, 8);

        await Task.WhenAll(Enumerable.Range(0, 32).Select(writer => Task.Run(() => WriteAsync(new Replica(store, time), writer), Token)));
        await store.LandAsync(Token);

        var row = (await new Replica(memory, time).RowsAsync(10, Token)).ShouldHaveSingleItem();
        row.Totals.Counts.ShouldBe(new Dictionary<string, long> { ["purple"] = 32 * 50 });
    }

    [Fact]
    public async Task A5_100_000_events_on_one_key_are_exact_at_two_calls_for_each_batch_from_first_to_last()
    {
        const int Batches = 3_125;
        var memory = new InMemoryStateStore(new ImpatientTime());
        var replica = new Replica(memory, new ImpatientTime());
        (await replica.DeliverAsync([Event("first")], Token)).ShouldBeEmpty();

        for (var batch = 0; batch < Batches; batch++)
        {
            var before = memory.Calls;
            (await replica.DeliverAsync([.. Enumerable.Range(0, 32).Select(n => Event($"{batch}-{n}"))], Token)).ShouldBeEmpty();
            (memory.Calls - before).ShouldBe(2, $"batch {batch}");
        }

        var row = (await replica.RowsAsync(10, Token)).ShouldHaveSingleItem();
        row.Totals.Total.ShouldBe(100_001);
        memory.Documents["view-0-total-2026-11-u-1"].Value.Length.ShouldBeLessThan(20);
    }

    private static async Task WriteAsync(Replica replica, int writer)
    {
        IReadOnlyList<string> left = [.. Enumerable.Range(0, 50).Select(n => Event($"{writer}-{n}"))];
        while (left.Count > 0)
        {
            var again = await replica.DeliverAsync([.. left.Take(10)], Token);
            left = [.. left.Skip(10), .. again];
        }
    }
}
