using CloudNative.EventStream;

namespace CloudNative.Local.PubSub.Components;

/// <summary>One engine per database file in the process, whatever number of sidecars use it: opened by the first, closed with the last.</summary>
#pragma warning disable CA1001 // The registry lives as long as the process; its semaphore never makes a wait handle.
internal sealed class SharedEventStreams(Func<EventStreamOptions, TimeProvider, ILoggerFactory, IEventStream> open)
#pragma warning restore CA1001
{
    /// <summary>The registry of this process; a database file has room for one engine, whoever opens it.</summary>
    public static readonly SharedEventStreams OfProcess =
        new((options, time, loggers) => EventStreamEngine.Open(options, time, loggers.CreateLogger<EventStreamEngine>()));

    private readonly Dictionary<string, Shared> byFile = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim sync = new(1);

    /// <param name="options">The database file in one spelling for each file.</param>
    /// <exception cref="InvalidOperationException">The file is in use with another retention.</exception>
    public async Task<Lease> AcquireAsync(
        EventStreamOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var file = options.DatabaseFile;
        await sync.WaitAsync(cancellationToken);
        try
        {
            if (!byFile.TryGetValue(file, out var shared))
                byFile[file] = shared = new Shared(open(options, time, loggers), options.Retention);
            if (shared.Retention != options.Retention)
                throw new InvalidOperationException($"{file} is in use with retention {shared.Retention}, not {options.Retention}");
            shared.Users++;
            return new Lease(this, file, shared.Stream);
        }
        finally
        {
            sync.Release();
        }
    }

    private async Task ReleaseAsync(string file)
    {
        await sync.WaitAsync(CancellationToken.None);
        try
        {
            var shared = byFile[file];
            if (--shared.Users > 0)
                return;
            byFile.Remove(file);
            await shared.Stream.DisposeAsync();
        }
        finally
        {
            sync.Release();
        }
    }

    /// <summary>One user's hold on an engine.</summary>
    internal sealed class Lease(SharedEventStreams owner, string file, IEventStream stream) : IAsyncDisposable
    {
        private int released;

        public IEventStream Stream => stream;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref released, 1) == 0)
                await owner.ReleaseAsync(file);
        }
    }

    private sealed class Shared(IEventStream stream, TimeSpan retention)
    {
        public IEventStream Stream { get; } = stream;

        public TimeSpan Retention { get; } = retention;

        public int Users { get; set; }
    }
}
