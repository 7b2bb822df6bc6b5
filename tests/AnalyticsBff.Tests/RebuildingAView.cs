using System.Text.Json;
using static CloudNative.AnalyticsBff.Tests.AnalyticsService;

namespace CloudNative.AnalyticsBff.Tests;

public sealed class RebuildingAView
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A7_a_full_replay_reproduces_identical_totals_while_the_live_view_answers_and_live_events_go_on()
    {
        await using var analytics = await AServiceWithALakeAsync();
        var before = await analytics.QueryAsync();
        analytics.Lake.Withheld.Add(5);

        await StartRebuildAsync(analytics);
        await UntilAsync(analytics, () => Task.FromResult(analytics.Store.Documents.Keys.Count(IsBuilt) == 8));
        (await analytics.QueryAsync()).ShouldBe(before);
        const string whole = """{"id":"live","type":"orange","timestamp":1795618800000,"partitionKey":"u-9","tags":{} }""";
        await analytics.DeliverAllAsync(whole);
        var expected = await analytics.QueryAsync();
        (await StatusAsync(analytics)).Building.ShouldNotBeNull();
        (await analytics.Lake.DeliverReplayedAsync(5)).ShouldBe("SUCCESS");
        await UntilAsync(analytics, async () => (await StatusAsync(analytics)).Building is null);

        (await StatusAsync(analytics)).Live.ShouldNotBe("0");
        (await analytics.QueryAsync()).ShouldBe(expected);
        await analytics.DeliverAllAsync(whole, analytics.Lake.Documents[0]);
        (await analytics.QueryAsync()).ShouldBe(expected);

        bool IsBuilt(string key) => key.Contains("-counted-", StringComparison.Ordinal) && !key.StartsWith("view-0-", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A7_a_rebuild_repairs_a_view_that_lacks_events()
    {
        await using var analytics = await StartAsync();
        analytics.Lake.Documents.AddRange(Enumerable.Range(0, 7).Select(n => Event($"e-{n}")));
        await analytics.DeliverAllAsync(analytics.Lake.Documents[..3]);

        await StartRebuildAsync(analytics);
        await UntilAsync(analytics, async () => (await StatusAsync(analytics)).Building is null);

        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":7,"purple":7}]""");
    }

    [Fact]
    public async Task A7_a_replay_outside_of_a_rebuild_changes_nothing_even_where_markers_have_expired()
    {
        await using var analytics = await AServiceWithALakeAsync();
        var before = await analytics.QueryAsync();
        analytics.Time.Advance(TimeSpan.FromDays(9));

        (await analytics.Lake.DeliverReplayedAsync(0)).ShouldBe("SUCCESS");

        (await analytics.QueryAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A7_only_one_rebuild_runs_at_a_time()
    {
        await using var analytics = await AServiceWithALakeAsync();
        analytics.Lake.Withheld.Add(0);
        await StartRebuildAsync(analytics);

        using var second = await analytics.Http.PostAsync("/rebuild", null, Token);

        ((int)second.StatusCode).ShouldBe(409);
        JsonDocument.Parse(await second.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("detail").GetString().ShouldBe("A rebuild is under way.");
    }

    [Fact]
    public async Task A7_what_never_arrives_leaves_the_live_view_in_its_place()
    {
        await using var analytics = await AServiceWithALakeAsync();
        var before = await analytics.QueryAsync();
        analytics.Lake.Withheld.Add(2);

        await StartRebuildAsync(analytics);
        await UntilAsync(analytics, async () => (await StatusAsync(analytics)).Building is null);

        (await StatusAsync(analytics)).Live.ShouldBe("0");
        (await analytics.QueryAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A7_waits_for_a_lake_that_is_away()
    {
        await using var analytics = await AServiceWithALakeAsync();
        var before = await analytics.QueryAsync();
        analytics.Lake.IsAway = true;
        await StartRebuildAsync(analytics);
        for (var n = 0; n < 20; n++)
            analytics.Time.Advance(TimeSpan.FromSeconds(1));
        (await StatusAsync(analytics)).Building.ShouldNotBeNull();

        analytics.Lake.IsAway = false;
        await UntilAsync(analytics, async () => (await StatusAsync(analytics)).Building is null);

        (await StatusAsync(analytics)).Live.ShouldNotBe("0");
        (await analytics.QueryAsync()).ShouldBe(before);
    }

    private static async Task<AnalyticsService> AServiceWithALakeAsync()
    {
        var analytics = await StartAsync();
        analytics.Lake.Documents.AddRange(Enumerable.Range(0, 9).Select(n => Event($"e-{n}", n % 2 == 0 ? "purple" : "green", $"u-{n % 3}", n < 5 ? "2018-05-31T23:59:59.999Z" : "2018-06-01T00:00:00Z")));
        analytics.Lake.Documents.Add(Retraction("r", "e-0", key: "u-0", time: "2018-05-31T23:59:59.999Z"));
        await analytics.DeliverAllAsync(analytics.Lake.Documents);
        return analytics;
    }

    private static async Task StartRebuildAsync(AnalyticsService analytics)
    {
        using var response = await analytics.Http.PostAsync("/rebuild", null, Token);
        ((int)response.StatusCode).ShouldBe(202);
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("live").GetString().ShouldBe("0");
    }

    private static async Task<(string Live, string? Building)> StatusAsync(AnalyticsService analytics)
    {
        var (status, body, _) = await analytics.GetAsync("/rebuild");
        status.ShouldBe(200, body);
        var views = JsonDocument.Parse(body).RootElement;
        return (views.GetProperty("live").GetString()!, views.GetProperty("building").GetString());
    }

    /// <summary>Lets the service's clock run until it holds; at most 30 s of ours.</summary>
    private static async Task UntilAsync(AnalyticsService analytics, Func<Task<bool>> holds)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await holds())
        {
            analytics.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
        }
    }
}
