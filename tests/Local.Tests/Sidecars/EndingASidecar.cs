using CloudNative.Local.Sidecars;
using CloudNative.Local.Tests.PubSub;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class EndingASidecar
{
    [Fact]
    public async Task put_off_it_answers_but_is_not_ready_and_takes_no_new_work()
    {
        var work = new Work(Task.CompletedTask);
        await using var sidecar = await RunningSidecar.StartAsync(Given.State(), work);
        await sidecar.Sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        await sidecar.Sidecar.PauseAsync(TestContext.Current.CancellationToken);

        work.Drained.ShouldBeTrue();
        (await sidecar.SendRawAsync("GET /v1.0/state/things/x")).Status.ShouldBe(204);
        (await sidecar.SendRawAsync("GET /v1.0/healthz/outbound")).Status.ShouldBe(204);
        var unhealthy = await sidecar.SendRawAsync("GET /v1.0/healthz");
        unhealthy.Status.ShouldBe(500);
        unhealthy.Body.ShouldBe("""{"errorCode":"ERR_HEALTH_NOT_READY","message":"dapr is not ready: [security-provider]"}""");
    }

    [Fact]
    public async Task its_ports_close_while_work_in_hand_is_finished()
    {
        var inHand = new TaskCompletionSource();
        await using var sidecar = await RunningSidecar.StartAsync(null, new Work(inHand.Task));

        var stopping = sidecar.Sidecar.StopAsync(CancellationToken.None);

        await RefusesAsync(sidecar);
        stopping.IsCompleted.ShouldBeFalse();
        inHand.SetResult();
        (await stopping.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    [Fact]
    public async Task a_call_in_hand_gets_its_answer()
    {
        var (began, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await ListeningApp.StartAsync(async (_, _) =>
        {
            began.SetResult();
            await mayEnd.Task;
        });
        await using var sidecar = await RunningSidecar.StartAsync(new SidecarOptions("things-bff", 0, 0, app.Port));
        var call = sidecar.SendRawAsync("GET /v1.0/invoke/things-bff/method/slow");
        await began.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        var stopping = sidecar.Sidecar.StopAsync(CancellationToken.None);
        mayEnd.SetResult();

        (await call).Status.ShouldBe(200);
        (await stopping).ShouldBeTrue();
    }

    [Fact]
    public async Task work_that_outlasts_the_time_is_told()
    {
        await using var sidecar = await RunningSidecar.StartAsync(null, new Work(Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken)));
        using var grace = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        (await sidecar.Sidecar.StopAsync(grace.Token)).ShouldBeFalse();
    }

    private static async Task RefusesAsync(RunningSidecar sidecar)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            try
            {
                await sidecar.SendRawAsync("GET /v1.0/healthz");
            }
            catch (Exception refused) when (refused is System.Net.Sockets.SocketException or IOException)
            {
                return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
        }
    }

    /// <summary>Has something in hand that ends when the task does.</summary>
    private sealed class Work(Task inHand) : IApi, IAppLifecycle
    {
        public bool Drained { get; private set; }

        public Task OnAppListeningAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task DrainAsync(CancellationToken cancellationToken)
        {
            try
            {
                await inHand.WaitAsync(cancellationToken);
                Drained = true;
            }
            catch (OperationCanceledException)
            {
                // What is in hand then is given up.
            }
        }

        public void MapHttp(IHttpRoutes routes)
        {
            // It only works for the app.
        }

        public void MapGrpc(IGrpcMethods methods)
        {
            // It only works for the app.
        }
    }
}
