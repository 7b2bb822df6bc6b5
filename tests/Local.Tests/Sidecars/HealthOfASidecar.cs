using System.Net;
using System.Net.Sockets;
using CloudNative.Local.Sidecars;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class HealthOfASidecar
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET /v1.0/healthz")]
    [InlineData("GET /v1.0/healthz/")]
    [InlineData("GET /v1.0/healthz/outbound")]
    [InlineData("GET /v1.0/healthz?appid=things-bff")]
    [InlineData("GET /v1.0/healthz/outbound?appid=other")]
    public async Task is_204_without_an_app_and_without_trace_context(string request)
    {
        await using var sidecar = await RunningSidecar.StartAsync();
        await sidecar.Sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);

        var answer = await sidecar.SendRawAsync(request);

        answer.Status.ShouldBe(204);
        answer.Body.ShouldBeEmpty();
        answer.Headers.ShouldNotContainKey("traceparent");
    }

    [Fact]
    public async Task is_500_for_another_app_id()
    {
        await using var sidecar = await RunningSidecar.StartAsync();

        var answer = await sidecar.SendRawAsync("GET /v1.0/healthz?appid=other");

        answer.Status.ShouldBe(500);
        answer.Body.ShouldBe("""{"errorCode":"ERR_HEALTH_APPID_NOT_MATCH","message":"dapr app-id does not match"}""");
    }

    [Fact]
    public async Task waits_for_the_apps_port_while_outbound_is_ready()
    {
        using var app = new TcpListener(IPAddress.Loopback, 0);
        app.Start();
        var port = ((IPEndPoint)app.LocalEndpoint).Port;
        app.Stop();
        var api = new LifecycleProbe();
        await using var sidecar = await RunningSidecar.StartAsync(new SidecarOptions("things-bff", 0, 0, port), null, api);

        var before = await sidecar.SendRawAsync("GET /v1.0/healthz");
        var outbound = await sidecar.SendRawAsync("GET /v1.0/healthz/outbound");
        var calledEarly = api.IsAppListening;
        using var reopened = new TcpListener(IPAddress.Loopback, port);
        reopened.Start();
        await sidecar.Sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        reopened.Stop();
        var after = await sidecar.SendRawAsync("GET /v1.0/healthz");

        before.Status.ShouldBe(500);
        before.Body.ShouldBe("""{"errorCode":"ERR_HEALTH_NOT_READY","message":"dapr is not ready: [runtime]"}""");
        outbound.Status.ShouldBe(204);
        calledEarly.ShouldBeFalse();
        api.IsAppListening.ShouldBeTrue();
        after.Status.ShouldBe(204);
    }

    private sealed class LifecycleProbe : IApi, IAppLifecycle
    {
        public bool IsAppListening { get; private set; }

        public void MapHttp(IHttpRoutes routes)
        {
        }

        public void MapGrpc(IGrpcMethods methods)
        {
        }

        public Task OnAppListeningAsync(CancellationToken cancellationToken)
        {
            IsAppListening = true;
            return Task.CompletedTask;
        }

        public Task DrainAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
