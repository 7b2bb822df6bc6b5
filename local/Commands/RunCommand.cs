using System.Runtime.InteropServices;
using CloudNative.Local.Configurations;
using CloudNative.Local.Resources;
using CloudNative.Local.RunFiles;
using CloudNative.Local.Sidecars;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Console;

namespace CloudNative.Local.Commands;

/// <summary>Runs until Ctrl-C, SIGTERM or the command <c>stop</c>; exit code 0 then, 1 where it could not start.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        try
        {
            var plan = RunPlan.Make(options);
            using var data = DataFolder.Own(Path.GetFullPath(options.Data ?? Path.Combine(plan.File.Folder, ".local")));
            using var loggers = LoggerFactory.Create(Log);
            foreach (var warning in plan.Warnings)
                await System.Console.Error.WriteLineAsync($"Warning: {warning}");
            var output = new RunOutput(System.Console.Out, System.Console.IsOutputRedirected);
            await new LocalRun(plan, options, data, output, TimeProvider.System, loggers).RunAsync(stop.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped before it had started.
            return 0;
        }
        catch (Exception exception) when (exception is RunFileException or ResourceException or ComponentInitException or ConfigurationException or SidecarException or DataFolderInUseException
            || exception.InnerException is AddressInUseException)
        {
            await System.Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static void Log(ILoggingBuilder logging) => logging
        .SetMinimumLevel(LogLevel.Information)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.ColorBehavior = LoggerColorBehavior.Default;
        });
}
