using System.CommandLine;
using System.Runtime.InteropServices;
using CloudNative.Local.Faults;
using CloudNative.Local.PubSub;
using CloudNative.Local.Resiliency;
using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars;

namespace CloudNative.Local.Commands;

/// <summary>
/// Runs one sidecar alone, under the names of daprd's own arguments, until it is told to end. Paths of its components are relative to
/// the working directory, as daprd's are.
/// </summary>
internal static class SidecarCommand
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
            var options = flags.Options(parsed);
            var visible = ResourceLoader.Load(flags.Resources(parsed)).For(options.AppId);
            var resiliency = ResiliencyPolicies.From(visible.Documents, TimeProvider.System, loggers);
            return await RunAsync(options with { Resiliency = resiliency }, visible, loggers, cancellationToken);
        }
        catch (Exception exception) when (exception is ComponentInitException or ResourceException or SidecarException or SidecarFlagException)
        {
            await System.Console.Error.WriteLineAsync($"fatal: {exception.Message}");
            return 1;
        }
    }

    private static async Task<int> RunAsync(SidecarOptions options, ResourceSet visible, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var services = new SidecarServices(new FaultSwitches(TimeProvider.System), TimeProvider.System, loggers, _ => null);
        var context = new ComponentContext(options.AppId, Path.GetFullPath, TimeProvider.System, loggers);
        await using var components = await ComponentSet.CreateAsync(visible, context, Environment.GetEnvironmentVariable, cancellationToken);
        var pubSub = PubSubApi.Create(options, components.Components, visible.Documents, services);
        await using var sidecar = await Sidecar.StartAsync(options, components.Components, [pubSub], services, cancellationToken);
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        await Task.WhenAny(sidecar.ShutdownRequested, signalled.Task);
        return sidecar.ShutdownRequested is { IsCompletedSuccessfully: true, Result.IsForced: true } ? 1 : 0;

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            signalled.TrySetResult();
        }
    }
}
