using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using CloudNative.TestKit;

namespace CloudNative.Acceptance;

/// <summary>
/// One transaction is held back until its sidecar is dead, and let through to the next one when other records, not yet published,
/// stand in the outbox. Random kills hardly ever do this; without the slot's etag it loses an event every time.
/// </summary>
public sealed class LateTransactions
{
    private const int Slots = 12;

    [Fact]
    public async Task G1_a_transaction_that_arrives_after_its_sidecar_died_overwrites_no_event()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var stack = await LocalStack.StartAsync(["--attach", "things-bff"], cancellation, until: "Waiting");
        await using var proxy = await HoldingProxy.StartAsync(() => stack.Run["things-bff"].Grpc, cancellation);
        using var app = StartThings(stack, proxy.Address);
        try
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
            var things = new ThingsClient(http, stack.Run["things-bff"].Address);
            var acknowledged = new List<string> { await SavedAsync(things, "before", cancellation) };

            proxy.Arm();
            var held = SavedAsync(things, "held", cancellation);
            await proxy.Held.WaitAsync(TimeSpan.FromSeconds(10), cancellation);
            await stack.KillHostAsync(cancellation);
            await stack.StartHostAsync("Waiting", cancellation);
            await ReadyAsync(http, stack, cancellation);
            await SwitchAsync(http, stack, "refuse", cancellation);
            acknowledged.AddRange(await Task.WhenAll(Enumerable.Range(0, Slots - 1).Select(n => SavedAsync(things, $"waiting-{n}", cancellation))));
            proxy.Release();
            var late = await proxy.LateOutcome.WaitAsync(TimeSpan.FromSeconds(20), cancellation);
            await SwitchAsync(http, stack, "off", cancellation);
            acknowledged.Add(await held);

            late.ShouldNotBe("none");
            var lake = new LakeClient(http, stack.Run["data-lake"].Address);
            var events = await lake.UntilAsync("limit=1000", acknowledged.Count, cancellation, seconds: 60);
            events.Select(e => e["partitionKey"]!.GetValue<string>()).Order().ShouldBe(acknowledged.Order());
            events.ShouldAllBe(e => e["version"]!.GetValue<long>() == 1);
        }
        finally
        {
            app.Kill();
            await app.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Saves one thing, again under its mutation id until it is acknowledged; its id.</summary>
    private static async Task<string> SavedAsync(ThingsClient things, string id, CancellationToken cancellationToken)
    {
        var answer = await Eventually.ReadAsync(
            () => things.SaveAsync(id, $"name of {id}", id, cancellationToken), a => a.Version is not null, TimeSpan.FromSeconds(90), cancellationToken);
        answer.Version.ShouldBe(1);
        return id;
    }

    private static Process StartThings(LocalStack stack, Uri grpc)
    {
        var run = stack.Run["things-bff"];
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Path.Combine(Repository.Root, "services/ThingsBff"), RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(Repository.Root, "artifacts/bin/ThingsBff/release/ThingsBff.dll"));
        start.Environment["APP_ID"] = "things-bff";
        start.Environment["APP_PORT"] = run.Address.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["DAPR_HTTP_PORT"] = run.Http.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["DAPR_GRPC_PORT"] = grpc.Port.ToString(CultureInfo.InvariantCulture);
        var app = Process.Start(start) ?? throw new InvalidOperationException("things-bff did not start.");
        app.BeginOutputReadLine();
        return app;
    }

    private static Task ReadyAsync(HttpClient http, LocalStack stack, CancellationToken cancellationToken) =>
        Eventually.ReadAsync(
            async () => (int)(await http.GetAsync(new Uri(stack.Run.Console, "/healthz"), cancellationToken)).StatusCode,
            status => status == 200,
            TimeSpan.FromSeconds(60),
            cancellationToken);

    private static async Task SwitchAsync(HttpClient http, LocalStack stack, string mode, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync(
            new Uri(stack.Run.Console, "/faults/switch"), new { component = "event-stream", mode, seconds = 120 }, JsonSerializerOptions.Web, cancellationToken);
        ((int)answer.StatusCode).ShouldBeLessThan(300, await answer.Content.ReadAsStringAsync(cancellationToken));
    }
}
