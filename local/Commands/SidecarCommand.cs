using System.CommandLine;
using System.Runtime.InteropServices;
using CloudNative.Local.Configurations;
using CloudNative.Local.Faults;
using CloudNative.Local.PubSub;
using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Sidecars.Peers;

namespace CloudNative.Local.Commands;

/// <summary>
/// Runs one sidecar alone, under the names of daprd's own arguments, until it is told to end. Paths of its components are relative to
/// the working directory, as daprd's are.
/// </summary>
internal static partial class SidecarCommand
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var flags = new SidecarFlags();
        var command = new RootCommand("One sidecar, without an app of its own.") { TreatUnmatchedTokensAsErrors = false };
        flags.AddTo(command);
        command.SetAction((parsed, stopping) => RunAsync(flags, parsed, stopping));
        return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, cancellationToken);
    }

    private static async Task<int> RunAsync(SidecarFlags flags, ParseResult parsed, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning));
        try
        {
            var visible = ResourceLoader.Load(flags.Resources(parsed)).For(flags.AppId(parsed));
            var options = flags.Options(parsed, visible, loggers);
            using var gate = options.AppGate;
            foreach (var flag in SidecarFlags.NotServed(parsed))
                LogNotServed(loggers.CreateLogger(nameof(SidecarCommand)), flag, options.AppId);
            var context = new ComponentContext(options.AppId, Path.GetFullPath, TimeProvider.System, loggers) { ParallelBrokerType = flags.ParallelBrokerType(parsed) };
            return await RunAsync(options, visible, context, new PeerFolder(flags.Peers(parsed)), flags.BlockShutdown(parsed), cancellationToken);
        }
        catch (Exception exception) when (exception is ComponentInitException or ConfigurationException or ResourceException or SidecarException or SidecarFlagException)
        {
            await System.Console.Error.WriteLineAsync($"fatal: {exception.Message}");
            return 1;
        }
    }

    private static async Task<int> RunAsync(
        SidecarOptions options, ResourceSet visible, ComponentContext context, PeerFolder peers, TimeSpan block, CancellationToken cancellationToken)
    {
        var services = new SidecarServices(
            new FaultSwitches(TimeProvider.System), TimeProvider.System, context.Loggers, id => peers.Find(id) is { } port ? new Peer(id, null, null) { InternalPort = port } : null);
        await using var components = await ComponentSet.CreateAsync(visible, options.Configuration, context, Environment.GetEnvironmentVariable, cancellationToken);
        var pubSub = PubSubApi.Create(options, components.Components, visible.Documents, services);
        await using var sidecar = await Sidecar.StartAsync(options, components.Components, [pubSub], services, cancellationToken);
        using var registration = peers.Register(options.AppId, sidecar.Options.InternalPort!.Value);
        var isForced = await EndAsked(sidecar);
        return await StopAsync(sidecar, isForced ? TimeSpan.Zero : block) && !isForced ? 0 : 1;
    }

    /// <summary>Whether the end that was asked for, by a signal or over the API, is a forced one.</summary>
    private static async Task<bool> EndAsked(Sidecar sidecar)
    {
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        await Task.WhenAny(sidecar.ShutdownRequested, signalled.Task);
        return sidecar.ShutdownRequested is { IsCompletedSuccessfully: true, Result.IsForced: true };

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            signalled.TrySetResult();
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Flag} of {AppId} is not served by this local runtime: nothing of it holds here; run the app under daprd to have it")]
    private static partial void LogNotServed(ILogger logger, string flag, string appId);

    /// <returns>Whether what was in hand could be finished.</returns>
    private static async Task<bool> StopAsync(Sidecar sidecar, TimeSpan block)
    {
        if (block > TimeSpan.Zero)
        {
            using var blocked = new CancellationTokenSource(block);
            await Task.WhenAll(sidecar.PauseAsync(blocked.Token), Task.Delay(block, TimeProvider.System));
        }
        using var grace = new CancellationTokenSource(sidecar.Options.GracefulShutdown);
        return await sidecar.StopAsync(grace.Token);
    }
}
