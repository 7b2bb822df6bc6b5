using System.Collections.Concurrent;
using System.Globalization;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace CloudNative.Acceptance;

/// <summary>A listener that never manages events of one type: its neighbours go on, the poison becomes a fault that can be resubmitted.</summary>
public sealed class AlwaysFailingListener
{
    private readonly ConcurrentQueue<string> _handled = new();
    private volatile bool _isRepaired;

    [Fact]
    public async Task lets_neighbours_pass_and_its_poison_is_a_fault_that_resubmits_once_repaired()
    {
        var cancellation = TestContext.Current.CancellationToken;
        string[] arguments = ["--run-file", "tests/Acceptance/FailingListener/dapr.yaml", "--attach", "failing-listener"];
        await using var stack = await LocalStack.StartAsync(arguments, cancellation, until: "Waiting");
        await using var app = await StartListenerAsync(stack.Run["failing-listener"], cancellation);
        using var http = new HttpClient();
        await Eventually.ReadAsync(
            async () => (int)(await http.GetAsync(new Uri(stack.Run.Console, "/healthz"), cancellation)).StatusCode, s => s == 200, TimeSpan.FromSeconds(30), cancellation);
        var sidecar = new SidecarClient(http, stack.Run["data-lake"].Http);
        var lake = new LakeClient(http, stack.Run["data-lake"].Address);

        await sidecar.PublishAsync("""{"id":"poison","type":"poison","partitionKey":"key"}""", cancellation);
        for (var n = 0; n < 20; n++)
            await sidecar.PublishAsync($$"""{"id":"good-{{n}}","type":"good","partitionKey":"key-{{n % 3}}"}""", cancellation);
        await UntilAsync(handled => handled.Count(id => id.StartsWith("good-", StringComparison.Ordinal)) == 20, cancellation);
        var fault = (await Eventually.ReadAsync(() => lake.FaultsAsync(cancellation), f => f.Count > 0, TimeSpan.FromSeconds(60), cancellation)).Single()!.AsObject();
        _handled.ShouldNotContain("poison");
        (fault["app"]?.GetValue<string>(), fault["originalId"]?.GetValue<string>()).ShouldBe(("failing-listener", "poison"), fault.ToJsonString());

        _isRepaired = true;
        (await lake.ResubmitAsync(fault["id"]!.GetValue<string>(), cancellation)).ShouldBe(202);
        await UntilAsync(handled => handled.Contains("poison"), cancellation);
        (await lake.ResubmitAsync("no-such-fault", cancellation)).ShouldBe(404);
        _handled.Count(id => id == "poison").ShouldBe(1);
    }

    private async Task<WebApplication> StartListenerAsync(StackApp run, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["APP_ID"] = run.Id,
            ["APP_PORT"] = run.Address.Port.ToString(CultureInfo.InvariantCulture),
            ["DAPR_HTTP_PORT"] = run.Http.Port.ToString(CultureInfo.InvariantCulture),
            ["DAPR_GRPC_PORT"] = run.Grpc.Port.ToString(CultureInfo.InvariantCulture),
            ["Listener:MaxAttempts"] = "4",
        });
        builder.AddServiceDefaults();
        builder.Services.AddListener(listener => listener.InitialPosition = StartPosition.TrimHorizon)
            .On("good", (document, _) => Handle(document.Id))
            .On("poison", (document, _) => _isRepaired ? Handle(document.Id) : throw new InvalidOperationException("never"));
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapListener();
        await app.StartAsync(cancellationToken);
        return app;
    }

    private ValueTask Handle(string id)
    {
        _handled.Enqueue(id);
        return ValueTask.CompletedTask;
    }

    private Task<ConcurrentQueue<string>> UntilAsync(Func<ConcurrentQueue<string>, bool> holds, CancellationToken cancellationToken) =>
        Eventually.ReadAsync(() => Task.FromResult(_handled), holds, TimeSpan.FromSeconds(60), cancellationToken);
}
