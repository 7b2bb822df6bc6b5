using System.Diagnostics.CodeAnalysis;
using CloudNative.Local.Apps;
using CloudNative.Local.Console;
using CloudNative.Local.Faults;
using CloudNative.Local.Resources;
using CloudNative.Local.RunFiles;
using CloudNative.Local.Sidecars;

namespace CloudNative.Local.Commands;

/// <summary>One run of the host from start to stop: sidecars, apps, console and the record of them all in the data folder.</summary>
internal sealed partial class LocalRun(RunPlan plan, RunOptions options, DataFolder data, RunOutput output, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RefusesAfter = TimeSpan.FromSeconds(10);

    private readonly Lock recording = new();
    private readonly FaultSwitches faults = new(time);
    private readonly ILogger<LocalRun> logger = loggers.CreateLogger<LocalRun>();
    private IReadOnlyList<HostedApp> apps = [];
    private string console = "";

    /// <summary>Returns when <paramref name="stopping"/> was set and all has ended. A failure to start ends what was started, and is thrown.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        var last = RunRecord.Read(data.Path);
        if (await data.EndLeftBehindAsync(time) is > 0 and var count)
            output.LeftBehindEnded(count);
        var consolePort = ConsolePort(last);
        console = $"http://127.0.0.1:{consolePort}";
        Prepare(plan.AssignPorts(options, last));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await using var server = ConsoleServer.Build(consolePort, new ConsoleSource(Status, data.LogFile, faults, plan.ComponentNames, stop.Cancel));
        Record();
        await server.StartAsync(stopping);
        try
        {
            await RunAppsAsync(started, stop.Token);
        }
        finally
        {
            await server.StopAsync(CancellationToken.None);
            RunRecord.Delete(data.Path);
        }
    }

    private async Task RunAppsAsync(long started, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var failure = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Task.WhenAll(apps.Select(app => SuperviseAsync(app, failure, ending.Token)));
        try
        {
            await StartSidecarsAsync(stopping);
            await AnnounceAsync(started, failure.Task, stopping);
            await failure.Task.WaitAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            output.Stopping();
        }
        finally
        {
            await ending.CancelAsync();
            await running;
            await Task.WhenAll(apps.Select(app => app.DisposeAsync().AsTask()));
        }
    }

    private static async Task SuperviseAsync(HostedApp app, TaskCompletionSource failure, CancellationToken stopping)
    {
        try
        {
            await app.SuperviseAsync(stopping);
        }
#pragma warning disable CA1031 // The edge of a background loop: an app without its supervisor must end the run, not go unnoticed.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure.TrySetException(exception);
        }
    }

    private async Task StartSidecarsAsync(CancellationToken cancellationToken)
    {
        var services = new SidecarServices(faults, time, loggers, Peer);
        await Task.WhenAll(apps.Select(app => app.StartSidecarAsync(hosted => AppSidecar.StartAsync(
            hosted.Definition, hosted.Ports, plan.Resources[hosted.Definition.Id], PathsOf(hosted.Definition), services, cancellationToken))));
        foreach (var app in apps)
            _ = EndSidecarOnRequestAsync(app);
    }

    private async Task AnnounceAsync(long started, Task failure, CancellationToken stopping)
    {
        output.Apps(Status(), console);
        foreach (var app in apps.Where(app => plan.Attached.Contains(app.Definition.Id)))
            output.Attached(app.Definition, AppEnvironment.Of(app.Definition, app.Ports));
        while (!Status().IsReady && !(plan.Refused is not null && time.GetElapsedTime(started) > RefusesAfter))
            await await Task.WhenAny(Task.Delay(PollInterval, time, stopping), failure);
        if (plan.Refused is { } refused)
            throw new RunFileException([refused.Problem]);
        output.Ready(apps.Count, time.GetElapsedTime(started), console);
    }

    private ComponentPaths PathsOf(AppDefinition app) => new(app.Folder, Path.Combine(plan.File.Folder, ".local"), data.Path);

    // What an app keeps in `.local` by itself moves with the data folder as its components' files do.
    private AppDefinition WithMovedPaths(AppDefinition app) => app with
    {
        Environment = app.Environment.ToDictionary(
            variable => variable.Key,
            variable => variable.Value.Contains("/.local/", StringComparison.Ordinal) ? PathsOf(app).InData(variable.Value) ?? variable.Value : variable.Value),
    };

    private void Prepare(IReadOnlyDictionary<string, AssignedPorts> ports)
    {
        apps = [.. plan.Apps.Select(WithMovedPaths).Select(app => new HostedApp(
            options.HasTelemetry ? app.ReportingTo(console, Environment.GetEnvironmentVariable) : app, ports[app.Id]))];
        foreach (var app in apps)
        {
            if (plan.Attached.Contains(app.Definition.Id))
                app.RunBy(new AttachedApp(app.Ports, time, Record), null);
            else
                RunOwn(app);
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The hosted app disposes its log.")]
    private void RunOwn(HostedApp app)
    {
        var log = new AppLog(app.Definition.Id, data.LogFile(app.Definition.Id), app.Definition.LogDestination, output.Lines);
        app.RunBy(new AppSupervisor(app.Definition, app.Ports, log, time, Record, loggers.CreateLogger<AppSupervisor>()), log);
    }

    private int ConsolePort(RunRecord? last)
    {
        if (options.HasFreePorts || options.ConsolePort == 0)
            return Ports.OneFree(Ports.PortOf(last?.Console));
        return Ports.IsFree(options.ConsolePort)
            ? options.ConsolePort
            : throw new RunFileException([$"the console's port {options.ConsolePort} is in use{(ListeningProcess.Describe(options.ConsolePort) is { } who ? $" by {who}" : "")}: name another one with --console-port"]);
    }

    private async Task EndSidecarOnRequestAsync(HostedApp app)
    {
        await app.SidecarShutdownRequested;
        LogSidecarEnds(app.Definition.Id);
        await app.StopSidecarAsync();
    }

    private Peer? Peer(string id) => apps.FirstOrDefault(app => app.Definition.Id == id) is { } app
        ? new Peer(id, app.Ports.App, Environment.GetEnvironmentVariable("APP_API_TOKEN")) { Gate = app.Gate }
        : null;

    private RunStatus Status() => RunStatus.Of([.. apps.Select(app => app.Status)]);

    private void Record()
    {
        lock (recording)
            new RunRecord(ProcessIdentity.Current, console, [.. apps.Select(app => app.Record)]).Write(data.Path);
    }

    [LoggerMessage(LogLevel.Warning, "The sidecar of {AppId} was asked over its API to end; the app goes on without it")]
    private partial void LogSidecarEnds(string appId);
}
