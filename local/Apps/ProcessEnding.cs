namespace CloudNative.Local.Apps;

/// <summary>Ends processes in the polite order: SIGTERM to their groups, time to finish, SIGKILL to what is left.</summary>
internal static class ProcessEnding
{
    /// <summary>How long an app may take to finish what it has in hand.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public static async Task EndAsync(IReadOnlyList<ProcessIdentity> processes, TimeProvider time)
    {
        foreach (var process in processes.Where(process => process.IsRunning))
            Signals.SendToGroup(process.Pid, Signals.Terminate);
        var started = time.GetTimestamp();
        while (processes.Any(process => process.IsRunning) && time.GetElapsedTime(started) < Grace)
            await Task.Delay(PollInterval, time, CancellationToken.None);
        foreach (var process in processes.Where(process => process.IsRunning))
            Signals.SendToGroup(process.Pid, Signals.Kill);
        while (processes.Any(process => process.IsRunning))
            await Task.Delay(PollInterval, time, CancellationToken.None);
    }
}
