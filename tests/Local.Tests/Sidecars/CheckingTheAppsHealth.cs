using CloudNative.Local.RunFiles;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Sidecars.App;
using CloudNative.Local.Tests.PubSub;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class CheckingTheAppsHealth
{
    private static readonly AppHealthCheck Check = new("/healthz", TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(5), 2);

    [Theory]
    [InlineData("", false)]
    [InlineData("-", false)]
    [InlineData("+", true)]
    [InlineData("+-", true)]
    [InlineData("+--", false)]
    [InlineData("+-+-", true)]
    [InlineData("+--+", true)]
    public void one_success_makes_it_healthy_and_only_failures_in_a_row_unhealthy(string probes, bool isHealthy) =>
        probes.Aggregate(default(AppHealth), (health, probe) => health.After(probe == '+', threshold: 2)).IsHealthy.ShouldBe(isHealthy);

    [Fact]
    public async Task an_app_that_is_not_well_is_neither_asked_nor_invoked_while_the_sidecar_is_ready()
    {
        var isWell = false;
        var api = new RecordingLifecycle();
        await using var app = await ListeningApp.StartAsync((request, context) =>
        {
            if (request.Target == "/healthz" && !Volatile.Read(ref isWell))
                context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        var options = new SidecarOptions("things-bff", 0, 0, app.Port) { AppHealthCheck = Check }.WithAppGate();
        await using var sidecar = await RunningSidecar.StartAsync(options, null, api);
        await sidecar.Sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        var refused = await sidecar.SendRawAsync("GET /v1.0/invoke/things-bff/method/x");
        refused.Status.ShouldBe(500);
        refused.Body.ShouldBe("""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: things-bff, err: rpc error: code = Internal desc = app is not in a healthy state"}""");
        (await sidecar.SendRawAsync("GET /v1.0/healthz")).Status.ShouldBe(204);
        api.Next.IsCompleted.ShouldBeFalse();

        Volatile.Write(ref isWell, true);
        (await api.NextAsync()).ShouldBe("listening");
        (await sidecar.SendRawAsync("GET /v1.0/invoke/things-bff/method/x")).Status.ShouldBe(200);
        Volatile.Write(ref isWell, false);
        (await api.NextAsync()).ShouldBe("unhealthy");
        Volatile.Write(ref isWell, true);
        (await api.NextAsync()).ShouldBe("healthy");
    }

    [Fact]
    public async Task metadata_tells_the_settings()
    {
        var options = new SidecarOptions("things-bff", 0, 0) { AppHealthCheck = Check with { Interval = TimeSpan.FromSeconds(90) }, AppMaxConcurrency = 3 };
        await using var sidecar = await RunningSidecar.StartAsync(options);

        (await sidecar.SendRawAsync("GET /v1.0/metadata")).Body.ShouldContain(
            """
            "maxConcurrency":3,"health":{"healthCheckPath":"/healthz","healthProbeInterval":"1m30s","healthProbeTimeout":"5s","healthThreshold":2}
            """);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(300, "300ms")]
    [InlineData(1_500, "1.5s")]
    [InlineData(60_000, "1m0s")]
    [InlineData(3_661_000, "1h1m1s")]
    public void durations_are_printed_as_go_prints_them(int milliseconds, string text) =>
        GoDurationText.Of(TimeSpan.FromMilliseconds(milliseconds)).ShouldBe(text);

    [Fact]
    public async Task an_app_with_one_slot_gets_one_call_at_a_time()
    {
        var (inside, most) = (0, 0);
        await using var app = await ListeningApp.StartAsync(async (_, context) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System, context.RequestAborted);
            Interlocked.Decrement(ref inside);
        });
        await using var sidecar = await RunningSidecar.StartAsync(new SidecarOptions("things-bff", 0, 0, app.Port) { AppMaxConcurrency = 1 }.WithAppGate());

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => sidecar.SendRawAsync("GET /v1.0/invoke/things-bff/method/slow")));

        answers.ShouldAllBe(answer => answer.Status == 200);
        most.ShouldBe(1);
    }

    private sealed class RecordingLifecycle : IApi, IAppLifecycle
    {
        private readonly System.Threading.Channels.Channel<string> _events = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public Task<bool> Next => _events.Reader.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask();

        public Task<string> NextAsync() =>
            _events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        public Task OnAppListeningAsync(CancellationToken cancellationToken) => _events.Writer.WriteAsync("listening", cancellationToken).AsTask();

        public Task OnAppHealthChangedAsync(bool isHealthy, CancellationToken cancellationToken) =>
            _events.Writer.WriteAsync(isHealthy ? "healthy" : "unhealthy", cancellationToken).AsTask();

        public Task DrainAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void MapHttp(IHttpRoutes routes)
        {
            // It only listens.
        }

        public void MapGrpc(IGrpcMethods methods)
        {
            // It only listens.
        }
    }
}
