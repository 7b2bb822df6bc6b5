using System.Text;

namespace CloudNative.Local.Tests.PubSub;

/// <summary>The requests an app sees, line by line (recording app-channel-http).</summary>
public sealed class RequestsOnTheWire
{
    private const string InMemory = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: event-stream}\nspec: {type: pubsub.in-memory, version: v1}\n";

    [Fact]
    public async Task are_those_of_daprd_on_one_connection_that_is_kept()
    {
        await using var app = new RawApp("""[{"pubsubname":"event-stream","topic":"events","route":"/events"}]""");
        await using var sidecar = await PubSubSidecar.StartAsync("orders", [InMemory], app.Port, appApiToken: "app-token");
        await sidecar.Sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        using var http = new HttpClient();
        var target = new Uri($"http://127.0.0.1:{sidecar.Sidecar.Options.HttpPort}/v1.0/publish/event-stream/events?metadata.partitionKey=kä");

        for (var i = 0; i < 5; i++)
            (await http.PostAsync(target, new StringContent("{}", Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

        var host = $"Host: 127.0.0.1:{app.Port}";
        Next(app).ShouldBe(["GET /dapr/config HTTP/1.1", "Accept-Encoding: gzip", "Content-Type: application/json", "Dapr-Api-Token: app-token", "Dapr-App-Id: orders", host, "User-Agent: Go-http-client/1.1"]);
        Next(app)[0].ShouldBe("GET /dapr/subscribe HTTP/1.1");
        for (var i = 0; i < 5; i++)
        {
            Next(app).Where(line => !line.StartsWith("Content-Length: ", StringComparison.Ordinal)).ShouldBe(
            [
                "POST /events HTTP/1.1", "Accept-Encoding: gzip", "Content-Type: application/cloudevents+json", "Dapr-Api-Token: app-token", host,
                "Partitionkey: k" + Encoding.Latin1.GetString("ä"u8), "Pubsubname: event-stream",
                "Traceparent: 00-00000000000000000000000000000000-0000000000000000-00", "User-Agent: Go-http-client/1.1",
            ]);
        }

        app.Connections.ShouldBe(1);
    }

    private static string[] Next(RawApp app)
    {
        app.Requests.TryTake(out var request, TimeSpan.FromSeconds(10)).ShouldBeTrue("a request is missing");
        return request!;
    }
}
