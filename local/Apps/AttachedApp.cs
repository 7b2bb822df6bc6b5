using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Apps;

/// <summary>An app that the user starts, in a debugger for instance: only looked at, never started or ended.</summary>
internal sealed class AttachedApp(AssignedPorts ports, TimeProvider time, Action changed) : IAppRunner
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private volatile AppRun run = new(AppState.Attached, null, null, 0, null);

    public AppRun Run => run;

    public async Task SuperviseAsync(CancellationToken stopping)
    {
        try
        {
            while (ports.App is { } port)
            {
                await LookAsync(port, stopping);
                await Task.Delay(PollInterval, time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It goes on without the host.
        }
    }

    private async Task LookAsync(int port, CancellationToken cancellationToken)
    {
        var state = await AppPort.IsAcceptingAsync(port, cancellationToken) ? AppState.Running : AppState.Attached;
        if (state == run.State)
            return;
        run = run with { State = state, ListeningPid = state == AppState.Running ? ListeningProcess.Of(port) : null };
        changed();
    }
}
