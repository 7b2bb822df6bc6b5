namespace CloudNative.Local.Apps;

/// <summary>The processes of one app: what the host started, which leads a group, and what listens, where a shell or the like stands between them.</summary>
public sealed record AppProcesses(ProcessIdentity? Leader, ProcessIdentity? Listening)
{
    public IEnumerable<ProcessIdentity> Running => new[] { Leader, Listening }.OfType<ProcessIdentity>().DistinctBy(process => process.Pid).Where(process => process.IsRunning);
}

/// <summary>Ends apps in the polite order: SIGTERM once to each group, time to finish, SIGKILL to what is left.</summary>
internal static class ProcessEnding
{
    /// <summary>How long an app may take to finish what it has in hand.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public static Task EndAsync(IEnumerable<AppProcesses> apps, TimeProvider time) => Task.WhenAll(apps.Select(app => EndAsync(app, time)));

    public static async Task EndAsync(AppProcesses app, TimeProvider time)
    {
        // The leader comes first: a signal to its group reaches the listener too, and must not reach it twice.
        if (app.Running.FirstOrDefault() is { } first)
            Signals.SendToGroup(first.Pid, Signals.Terminate);
        var started = time.GetTimestamp();
        while (app.Running.Any() && time.GetElapsedTime(started) < Grace)
            await Task.Delay(PollInterval, time, CancellationToken.None);
        foreach (var process in app.Running)
            Signals.SendToGroup(process.Pid, Signals.Kill);
        while (app.Running.Any())
            await Task.Delay(PollInterval, time, CancellationToken.None);
    }
}
