using CloudNative.Local.Apps;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Sidecars.App;

/// <summary>
/// Waits for the app's port to accept, then lets every API begin its work for the app; with a health check, when the app is first found well, and then
/// tells them each time its health changes.
/// </summary>
internal sealed partial class AppWatch(
    SidecarOptions options, IReadOnlyList<IAppLifecycle> lifecycles, Readiness readiness, TimeProvider time, ILogger<AppWatch> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (options.AppPort is { } port)
                await AppPort.AcceptsAsync(port, time, cancellationToken);
            if (options is { AppPort: { } probed, AppHealthCheck: { } check })
                await ProbeAsync(probed, check, cancellationToken);
            else
                await BeginAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped before the app came up, or while it was watched.
        }
#pragma warning disable CA1031 // The edge of a background task: the sidecar goes on serving and stays as it is, as the log says.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(exception, options.AppId);
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        foreach (var lifecycle in lifecycles)
            await lifecycle.OnAppListeningAsync(cancellationToken);
        readiness.AppIsReady();
    }

    /// <summary>The sidecar itself counts as ready meanwhile, whatever the probes find.</summary>
    private async Task ProbeAsync(int port, AppHealthCheck check, CancellationToken cancellationToken)
    {
        readiness.AppIsReady();
        using var probe = new AppProbe(port, check, time);
        using var timer = new PeriodicTimer(check.Interval, time);
        var health = default(AppHealth);
        var hasBegun = false;
        do
        {
            var next = health.After(await probe.IsWellAsync(cancellationToken), check.Threshold);
            if (next.IsHealthy != health.IsHealthy)
            {
                await ChangeAsync(next.IsHealthy, hasBegun, cancellationToken);
                hasBegun = true;
            }
            health = next;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task ChangeAsync(bool isHealthy, bool hasBegun, CancellationToken cancellationToken)
    {
        options.AppGate.IsHealthy = isHealthy;
        LogHealth(options.AppId, isHealthy ? "healthy" : "unhealthy");
        if (!hasBegun)
            await BeginAsync(cancellationToken);
        else
            await Task.WhenAll(lifecycles.Select(lifecycle => lifecycle.OnAppHealthChangedAsync(isHealthy, cancellationToken)));
    }

    [LoggerMessage(LogLevel.Warning, "App {AppId} is {Health}, as its health check tells")]
    private partial void LogHealth(string appId, string health);

    [LoggerMessage(LogLevel.Error, "The sidecar of {AppId} no longer watches its app; where it was not ready it does not become so")]
    private partial void LogFailed(Exception exception, string appId);
}
