using System.Diagnostics;

namespace CloudNative.Conformance.RunFile;

/// <summary>One run of the runtime that stands in for <c>dapr run -f</c>, and the apps it starts.</summary>
internal sealed class RunUnderTest : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);

    private readonly SidecarProcess process;

    public RunUnderTest(RunFolder folder, string command)
    {
        Folder = folder;
        process = folder.Start(command);
    }

    public RunFolder Folder { get; }

    public string Log => process.Log;

    public bool HasEnded => process.HasEnded;

    /// <summary>What the runtime itself printed, without what it passed on from its apps.</summary>
    public IEnumerable<string> OwnLines => Log.Split('\n').Where(line => line.Trim().Length > 0 && !line.StartsWith("== APP", StringComparison.Ordinal));

    public IEnumerable<string> StartedApps => Folder.Apps.Select(app => app.Id);

    /// <summary>False where it did not come true in time, or could no longer as the runtime has ended.</summary>
    public async Task<bool> UntilAsync(Func<Task<bool>> holds, TimeSpan within, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (process.HasEnded || TimeProvider.System.GetElapsedTime(start) > within)
                return await holds();
            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }
        return true;
    }

    /// <summary>Null where it goes on for that long.</summary>
    public Task<int?> ExitCodeAsync(TimeSpan within, CancellationToken cancellationToken) => process.ExitCodeAsync(within, cancellationToken);

    /// <summary>SIGINT to the runtime alone; its exit code, null where it did not end in 30 s.</summary>
    public async Task<int?> InterruptAsync(CancellationToken cancellationToken)
    {
        await process.SignalAsync("SIGINT", cancellationToken);
        return await process.ExitCodeAsync(EndsWithin, cancellationToken);
    }

    /// <summary>Leaves nothing running, whatever the runtime did.</summary>
    public void Dispose()
    {
        process.Dispose();
        foreach (var app in Folder.Apps)
            Kill(app.Pid);
    }

    private static void Kill(int pid)
    {
        try
        {
            using var app = Process.GetProcessById(pid);
            app.Kill();
            app.WaitForExit();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It has ended with its runtime, as it should.
        }
    }
}
