using CloudNative.Local.Apps;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Commands;

/// <summary>Ends the host of a data folder in the orderly way, or what a killed one left behind. Nothing to stop is no failure.</summary>
internal static class StopCommand
{
    // The apps may take their grace, and the sidecars theirs.
    private static readonly TimeSpan Deadline = ProcessEnding.Grace + TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public static async Task<int> RunAsync(string data, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        if (RunRecord.Read(data) is { Host: { IsRunning: true } host })
            return await EndHostAsync(host, output, time, cancellationToken);
        if (!Directory.Exists(data))
        {
            await output.WriteLineAsync($"Nothing runs on {data}.");
            return 0;
        }
        using var owned = DataFolder.Own(data);
        var count = await owned.EndLeftBehindAsync(time);
        RunRecord.Delete(data);
        await output.WriteLineAsync(count == 0 ? $"Nothing runs on {data}." : $"Ended {count} apps that a killed host had left behind.");
        return 0;
    }

    private static async Task<int> EndHostAsync(ProcessIdentity host, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        Signals.Send(host.Pid, Signals.Terminate);
        var started = time.GetTimestamp();
        while (host.IsRunning && time.GetElapsedTime(started) < Deadline)
            await Task.Delay(PollInterval, time, cancellationToken);
        await output.WriteLineAsync(host.IsRunning ? $"Process {host.Pid} has not stopped after {Deadline.TotalSeconds} s." : "Stopped.");
        return host.IsRunning ? 1 : 0;
    }
}
