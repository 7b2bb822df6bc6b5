namespace CloudNative.Local.Tests.PubSub;

public sealed class DeliveringUnderAPolicy
{
    private const string Subscriptions = """[{"pubsubname":"bus","topic":"events","route":"/events","deadLetterTopic":"dead"},{"pubsubname":"bus","topic":"dead","route":"/dead"}]""";
    private const string Broker = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: bus}\nspec: {type: pubsub.in-memory, version: v1}\n";

    [Theory]
    [InlineData("{duration: 1ms, maxRetries: 2}", 500, "", "/events /events /events /dead")]
    [InlineData("{duration: 1ms, maxRetries: 0}", 500, "", "/events /dead")]
    [InlineData("{duration: 1ms, maxRetries: 2, matching: {httpStatusCodes: '429,503'}}", 500, "", "/events /dead")]
    [InlineData("{duration: 1ms, maxRetries: 1, matching: {httpStatusCodes: '500-599'}}", 503, "", "/events /events /dead")]
    [InlineData("{duration: 1ms, maxRetries: 1, matching: {httpStatusCodes: '429'}}", 200, "{\"status\":\"RETRY\"}", "/events /events /dead")]
    [InlineData("{duration: 1ms, maxRetries: 2}", 200, "{\"status\":\"DROP\"}", "/events /dead")]
    [InlineData("{duration: 1ms, maxRetries: 2}", 404, "", "/events /dead")]
    public async Task an_event_is_tried_as_often_as_the_policy_says_and_then_goes_to_the_dead_letter_topic(string retry, int status, string body, string paths)
    {
        await using var app = await SubscribedApp.StartAsync(Subscriptions, request => request.Target == "/events" ? (status, body) : (200, ""));
        await using var sidecar = await StartAsync(app, $"retries: {{p: {retry}}}", "retry: p");
        using var client = new PublishingClient(sidecar.Sidecar.Options.HttpPort);

        using var published = await client.PublishAsync("events", "1");

        (await app.NextPathsAsync(paths.Split(' ').Length)).ShouldBe(paths.Split(' '));
        app.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task an_answer_that_comes_too_late_counts_for_nothing()
    {
        var mayAnswer = new TaskCompletionSource();
        await using var app = await SubscribedApp.StartAsync(Subscriptions, async request =>
        {
            if (request.Target == "/events")
                await mayAnswer.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            return (200, "");
        });
        await using var sidecar = await StartAsync(app, "timeouts: {p: 200ms}", "timeout: p");
        using var client = new PublishingClient(sidecar.Sidecar.Options.HttpPort);

        using var published = await client.PublishAsync("events", "1");

        (await app.NextPathsAsync(2)).ShouldBe(["/events", "/dead"]);
        mayAnswer.SetResult();
    }

    [Fact]
    public async Task an_open_breaker_keeps_events_of_every_topic_from_the_app()
    {
        await using var app = await SubscribedApp.StartAsync(
            """[{"pubsubname":"bus","topic":"events","route":"/events"},{"pubsubname":"bus","topic":"other","route":"/other"}]""", _ => (500, ""));
        await using var sidecar = await StartAsync(app, "circuitBreakers: {p: {timeout: 1h, trip: consecutiveFailures > 1}}", "circuitBreaker: p");
        using var client = new PublishingClient(sidecar.Sidecar.Options.HttpPort);

        // The third waits until the second has failed, which opens the breaker; each topic waits for itself only.
        foreach (var topic in (string[])["events", "events", "events", "other", "other"])
            (await client.PublishAsync(topic, "1")).Dispose();

        (await app.NextPathsAsync(2)).ShouldBe(["/events", "/events"]);
        await sidecar.Sidecar.StopAsync(TestContext.Current.CancellationToken);
        app.HasMore.ShouldBeFalse();
    }

    private static async Task<PubSubSidecar> StartAsync(SubscribedApp app, string policies, string inbound)
    {
        var resiliency = $"apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {{name: r}}\nspec:\n  policies: {{{policies}}}\n  targets: {{components: {{bus: {{inbound: {{{inbound}}}}}}}}}\n";
        var sidecar = await PubSubSidecar.StartAsync("orders", [Broker, resiliency], app.Port);
        await sidecar.Sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        return sidecar;
    }
}
