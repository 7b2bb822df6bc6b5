using System.ComponentModel;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Apps;

/// <summary>
/// Keeps one app running: starts it, starts it again after a crash, and ends it when told to stop. <paramref name="changed"/> is called after
/// every change that others may want to see or write down.
/// </summary>
internal sealed partial class AppSupervisor(
    AppDefinition app, AssignedPorts ports, AppLog log, TimeProvider time, Action changed, ILogger<AppSupervisor> logger) : IAppRunner
{
    private RestartBackoff backoff = RestartBackoff.None;
    private volatile AppRun run = new(AppState.Starting, null, null, 0, null);

    public AppRun Run => run;

    /// <summary>Returns when the app has ended for good: stopped, or with exit code 0.</summary>
    public async Task SuperviseAsync(CancellationToken stopping)
    {
        try
        {
            while (await RunOnceAsync(stopping))
                await Task.Delay(backoff.Wait, time, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Change(run with { State = AppState.Stopped, Process = null, ListeningPid = null });
        }
    }

    private async Task<bool> RunOnceAsync(CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        var code = await RunToEndAsync(stopping);
        if (code == 0)
        {
            LogEnded(app.Id);
            Change(run with { State = AppState.Ended, Process = null, ListeningPid = null, LastExitCode = 0 });
            return false;
        }
        backoff = backoff.AfterCrash(time.GetElapsedTime(started));
        LogCrashed(app.Id, code, backoff.Wait.TotalSeconds);
        Change(new AppRun(AppState.Waiting, null, null, run.Restarts + 1, code));
        return true;
    }

    private async Task<int> RunToEndAsync(CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        AppProcess process;
        try
        {
            process = AppProcess.Start(app, ports, log);
        }
        catch (Win32Exception exception)
        {
            LogNotStarted(app.Id, exception.Message);
            return NotFound;
        }
        using (process)
        {
            Change(run with { State = AppState.Starting, Process = process.Identity });
            return await WatchAsync(process, stopping);
        }
    }

    // As a shell says it: command not found.
    private const int NotFound = 127;

    private async Task<int> WatchAsync(AppProcess process, CancellationToken stopping)
    {
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var listening = WatchPortAsync(process, watch.Token);
        try
        {
            return await process.Exited.WaitAsync(stopping);
        }
        finally
        {
            await watch.CancelAsync();
            await listening;
            await process.EndAsync(run.ListeningPid, time);
        }
    }

    private async Task WatchPortAsync(AppProcess process, CancellationToken cancellationToken)
    {
        try
        {
            if (ports.App is { } port)
                await AppPort.AcceptsAsync(port, time, cancellationToken);
            var pid = ports.App is { } known ? ListeningProcess.Of(known) : null;
            Change(run with { State = AppState.Running, ListeningPid = pid ?? process.Identity?.Pid });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It ended before it listened.
        }
    }

    private void Change(AppRun next)
    {
        run = next;
        changed();
    }

    [LoggerMessage(LogLevel.Warning, "App {AppId} ended with exit code {ExitCode}; it is started again in {WaitSeconds} s")]
    private partial void LogCrashed(string appId, int exitCode, double waitSeconds);

    [LoggerMessage(LogLevel.Warning, "App {AppId} ended with exit code 0 and is not started again; its sidecar and the other apps go on")]
    private partial void LogEnded(string appId);

    [LoggerMessage(LogLevel.Error, "App {AppId} was not started: {Reason}")]
    private partial void LogNotStarted(string appId, string reason);
}
