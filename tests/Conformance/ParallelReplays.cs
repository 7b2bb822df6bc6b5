namespace CloudNative.Conformance;

/// <summary>
/// Replays the recordings of this project ahead of the tests that ask for their outcomes, several at a time, since most of a replay is waiting:
/// a test framework runs the tests of one class one after the other.
/// </summary>
public sealed class ParallelReplays : IAsyncDisposable
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Recordings");

    private readonly Replayer replayer = new(ReplayOptions.LocalRuntime, ReplayOptions.LocalRunFileRuntime, NotServed.Read());
    private readonly Dictionary<string, Task<Outcome>> started = [];
    private readonly SemaphoreSlim places = new(ReplayOptions.InParallel);
    private readonly CancellationTokenSource stopping = new();
    private Task? ahead;

    /// <summary>area/name of every recording.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Directory.EnumerateFiles(Root, "*.json", SearchOption.AllDirectories).Select(Recording.NameOf).Order(StringComparer.Ordinal)];

    public static string FileOf(string name) => Path.Combine(Root, name + ".json");

    internal async Task<Outcome> OutcomeOfAsync(string name, CancellationToken cancellationToken)
    {
        ahead ??= RunAheadAsync();
        return await Start(name).WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await (ahead ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var replay in started.Values.ToList<Task>())
            await replay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
        places.Dispose();
    }

    private async Task RunAheadAsync()
    {
        foreach (var name in SelectedRecordings.Names)
        {
            await places.WaitAsync(stopping.Token);
            _ = ReleasedAfterAsync(Start(name));
        }
    }

    private async Task ReleasedAfterAsync(Task replay)
    {
        try
        {
            await replay;
        }
        finally
        {
            places.Release();
        }
    }

    private Task<Outcome> Start(string name)
    {
        lock (started)
        {
            return started.TryGetValue(name, out var replay)
                ? replay
                : started[name] = Task.Run(() => replayer.RunAsync(FileOf(name), stopping.Token));
        }
    }
}
