namespace CloudNative.Local.Tests.PubSub;

public sealed class FollowingTheHealthOfTheApp
{
    private const string Broker = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: bus}\nspec: {type: pubsub.in-memory, version: v1}\n";

    [Fact]
    public async Task an_app_that_is_not_well_gets_no_events_and_is_not_asked_again_when_it_is()
    {
        await using var app = await SubscribedApp.StartAsync("""[{"pubsubname":"bus","topic":"events","route":"/events"}]""", _ => (200, ""));
        await using var sidecar = await PubSubSidecar.StartAsync("orders", [Broker], app.Port);
        await sidecar.Sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        using var client = new PublishingClient(sidecar.Sidecar.Options.HttpPort);

        await sidecar.PubSub.OnAppHealthChangedAsync(false, TestContext.Current.CancellationToken);
        (await client.PublishAsync("events", "1")).Dispose();
        await sidecar.PubSub.OnAppHealthChangedAsync(true, TestContext.Current.CancellationToken);
        (await client.PublishAsync("events", "2")).Dispose();

        System.Text.Encoding.UTF8.GetString((await app.NextAsync()).Body).ShouldContain("\"data\":2,");
        app.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task deliveries_do_not_begin_again_once_the_sidecar_has_stopped_them()
    {
        await using var app = await SubscribedApp.StartAsync("""[{"pubsubname":"bus","topic":"events","route":"/events"}]""", _ => (200, ""));
        await using var sidecar = await PubSubSidecar.StartAsync("orders", [Broker], app.Port);
        await sidecar.Sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        using var client = new PublishingClient(sidecar.Sidecar.Options.HttpPort);

        await sidecar.Sidecar.PauseAsync(TestContext.Current.CancellationToken);
        await sidecar.PubSub.OnAppHealthChangedAsync(true, TestContext.Current.CancellationToken);
        using var published = await client.PublishAsync("events", "1");

        ((int)published.StatusCode).ShouldBe(204);
        await sidecar.Sidecar.StopAsync(TestContext.Current.CancellationToken);
        app.HasMore.ShouldBeFalse();
    }
}
