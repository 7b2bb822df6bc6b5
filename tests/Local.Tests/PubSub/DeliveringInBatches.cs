using System.Text.Json;

namespace CloudNative.Local.Tests.PubSub;

public sealed class DeliveringInBatches
{
    private const string Broker = $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: bus}}\nspec: {{type: {PubSubSidecar.ParallelBroker}, version: v1}}\n";

    private const string Retry =
        "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: r}\nspec:\n  policies: {retries: {p: {duration: 1ms, maxRetries: 1}}}\n"
        + "  targets: {components: {bus: {inbound: {retry: p}}}}\n";

    private const string Subscriptions = """
        [{"pubsubname":"bus","topic":"events","route":"/events","deadLetterTopic":"dead","bulkSubscribe":{"enabled":true,"maxMessagesCount":3,"maxAwaitDurationMs":60000}},
         {"pubsubname":"bus","topic":"dead","route":"/dead"}]
        """;

    [Fact]
    public async Task dropped_entries_are_dead_at_once_and_only_failed_ones_come_again_under_the_same_ids()
    {
        await using var app = await SubscribedApp.StartAsync(Subscriptions, request => request.Target == "/events" ? (200, Statuses(request)) : (200, ""));
        await using var sidecar = await StartAsync(app, Retry);

        await PublishAsync(sidecar, "SUCCESS", "RETRY", "DROP");

        var first = JsonElement.Parse((await app.NextAsync()).Body);
        Data(first).ShouldBe(["SUCCESS", "RETRY", "DROP"]);
        List<AppRequest> rest = [await app.NextAsync(), await app.NextAsync(), await app.NextAsync()];
        var second = JsonElement.Parse(rest.Single(request => request.Target == "/events").Body);
        Data(second).ShouldBe(["RETRY"]);
        second.GetProperty("id").GetString().ShouldBe(first.GetProperty("id").GetString());
        second.GetProperty("entries")[0].GetProperty("entryId").GetString().ShouldBe(first.GetProperty("entries")[1].GetProperty("entryId").GetString());
        rest.Where(request => request.Target == "/dead").Select(request => JsonElement.Parse(request.Body).GetProperty("data").GetString())
            .ShouldBe(["DROP", "RETRY"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(404, 0)]
    [InlineData(500, 3)]
    public async Task a_status_other_than_404_fails_every_entry(int status, int dead)
    {
        await using var app = await SubscribedApp.StartAsync(Subscriptions, request => request.Target == "/events" ? (status, "") : (200, ""));
        await using var sidecar = await StartAsync(app);

        await PublishAsync(sidecar, "1", "2", "3");

        (await app.NextAsync()).Headers["content-type"].ShouldBe("application/json");
        var rest = await app.NextPathsAsync(dead);
        rest.ShouldAllBe(path => path == "/dead");
        await sidecar.Sidecar.StopAsync(TestContext.Current.CancellationToken);
        app.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task a_stopping_sidecar_does_not_wait_for_a_batch_that_is_not_full()
    {
        await using var app = await SubscribedApp.StartAsync(Subscriptions, _ => (200, ""));
        await using var sidecar = await StartAsync(app);
        await PublishAsync(sidecar, "1");

        await sidecar.Sidecar.StopAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        app.HasMore.ShouldBeFalse();
    }

    private static async Task<PubSubSidecar> StartAsync(SubscribedApp app, params string[] resiliency)
    {
        var sidecar = await PubSubSidecar.StartAsync("orders", [Broker, .. resiliency], app.Port);
        await sidecar.Sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        return sidecar;
    }

    private static async Task PublishAsync(PubSubSidecar sidecar, params string[] events)
    {
        using var client = new PublishingClient(sidecar.Sidecar.Options.HttpPort);
        foreach (var one in events)
            (await client.PublishAsync("events", JsonSerializer.Serialize(one))).Dispose();
    }

    /// <summary>The app gives each event the status that its data names.</summary>
    private static string Statuses(AppRequest request) => JsonSerializer.Serialize(new
    {
        statuses = JsonElement.Parse(request.Body).GetProperty("entries").EnumerateArray().Select(entry =>
            new { entryId = entry.GetProperty("entryId").GetString(), status = entry.GetProperty("event").GetProperty("data").GetString() }),
    });

    private static IEnumerable<string?> Data(JsonElement batch) =>
        batch.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("event").GetProperty("data").GetString());
}
