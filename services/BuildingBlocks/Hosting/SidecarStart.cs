using Dapr.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CloudNative.BuildingBlocks.Hosting;

/// <summary>How a service waits for its sidecar before it listens.</summary>
public sealed class SidecarStartOptions
{
    public const string Section = "Sidecar";

    /// <summary>The longest wait; the service listens after it in any case. Default 10 s.</summary>
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two questions. Default 50 ms.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromMilliseconds(50);
}

/// <summary>
/// Holds the start back until the sidecar's outbound side is healthy, so that the first work of the service finds state and events.
/// It asks for outbound health only: the sidecar's full health waits for this very service to listen.
/// </summary>
internal sealed partial class SidecarStart(
    DaprClient dapr,
    SidecarAddress address,
    IOptions<SidecarStartOptions> options,
    TimeProvider time,
    ILogger<SidecarStart> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!address.IsKnown)
            return;
        var started = time.GetTimestamp();
        while (!await dapr.CheckOutboundHealthAsync(cancellationToken))
        {
            if (time.GetElapsedTime(started) >= options.Value.Wait)
            {
                LogSidecarAway((long)options.Value.Wait.TotalMilliseconds);
                return;
            }

            await Task.Delay(options.Value.Poll, time, cancellationToken);
        }

        LogSidecarReady((long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "The sidecar was ready after {ElapsedMs} ms")]
    private partial void LogSidecarReady(long elapsedMs);

    [LoggerMessage(LogLevel.Warning, "The sidecar was not ready within {WaitMs} ms; the service starts without it")]
    private partial void LogSidecarAway(long waitMs);
}
