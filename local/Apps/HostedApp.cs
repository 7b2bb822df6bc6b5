using CloudNative.Local.RunFiles;
using CloudNative.Local.Sidecars.App;

namespace CloudNative.Local.Apps;

/// <summary>One app of the run together with its sidecar, as it stands.</summary>
internal sealed class HostedApp(AppDefinition definition, AssignedPorts ports) : IAsyncDisposable
{
    private AppSidecar? sidecar;
    private AppLog? log;
    private IAppRunner? runner;

    public AppDefinition Definition { get; } = definition;

    public AssignedPorts Ports { get; } = ports;

    public AppStatus Status
    {
        get
        {
            var run = Run;
            var isSidecarReady = sidecar is { IsReady: true };
            return new AppStatus(
                Definition.Id, run.State, run.State == AppState.Running && isSidecarReady, isSidecarReady,
                run.ListeningPid, run.Restarts, run.LastExitCode, Address, Url(Ports.Http), Url(Ports.Grpc));
        }
    }

    public RunRecordApp Record
    {
        get
        {
            var run = Run;
            var listening = run.ListeningPid is { } pid ? ProcessIdentity.Of(pid) : null;
            return new RunRecordApp(
                Definition.Id, listening?.Pid, listening?.StartedAt, run.Process, Address, Url(Ports.Http), Url(Ports.Grpc), run.State, run.Restarts);
        }
    }

    private AppRun Run => runner?.Run ?? new AppRun(AppState.Starting, null, null, 0, null);

    private string? Address => Ports.App is { } port ? Url(port) : null;

    /// <summary>What calls of the app by others pass; null until its sidecar runs.</summary>
    public AppGate? Gate => sidecar?.Gate;

    /// <summary>Once, before it is looked at by others.</summary>
    public void RunBy(IAppRunner by, AppLog? writing)
    {
        runner = by;
        log = writing;
    }

    public async Task StartSidecarAsync(Func<HostedApp, Task<AppSidecar>> start) => sidecar = await start(this);

    public Task SuperviseAsync(CancellationToken stopping) => runner!.SuperviseAsync(stopping);

    /// <summary>Set when somebody asked the sidecar itself to end, over its API.</summary>
    public Task SidecarShutdownRequested => sidecar?.ShutdownRequested ?? Task.CompletedTask;

    /// <summary>Drains and ends the sidecar. The app must have ended, or goes on alone.</summary>
    public async ValueTask StopSidecarAsync()
    {
        if (Interlocked.Exchange(ref sidecar, null) is { } running)
            await running.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopSidecarAsync();
        log?.Dispose();
    }

    private static string Url(int port) => $"http://127.0.0.1:{port}";
}
