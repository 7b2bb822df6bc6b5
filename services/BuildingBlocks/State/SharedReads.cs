namespace CloudNative.BuildingBlocks.State;

/// <summary>Bulk reads of callers that ask at the same time in one call. Each is read after it was asked for, as in a call of its own.</summary>
internal sealed class SharedReads
{
    // Documents of a mutation have a few KB, now and then 60; an answer may have 4 MiB, and is halved where it has more.
    private const int MaxKeys = 64;

    private readonly IStateStore _store;
    private readonly Gathering<Read> _reads;

    public SharedReads(IStateStore store, int maxCalls)
    {
        _store = store;
        _reads = new Gathering<Read>(maxCalls, (reads, next) => reads.Sum(read => read.Keys.Count) + next.Keys.Count <= MaxKeys, SendAsync);
    }

    /// <exception cref="StateStoreException">The shared call failed.</exception>
    public async ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var read = new Read(keys);
        _reads.Add(read);
        await using (cancellationToken.UnsafeRegister(static (state, token) => ((Read)state!).Done.TrySetCanceled(token), read))
            return await read.Done.Task;
    }

    private async Task SendAsync(IReadOnlyList<Read> reads)
    {
        try
        {
            // Whoever goes away leaves the others their answer; the store ends the call in time.
            var entries = await _store.GetManyAsync(reads.Count == 1 ? reads[0].Keys : [.. reads.SelectMany(read => read.Keys)], CancellationToken.None);
            foreach (var read in reads)
                read.Done.TrySetResult(reads.Count == 1 ? entries : read.Of(entries));
        }
#pragma warning disable CA1031 // What the call throws is thrown at each of its callers.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            foreach (var read in reads)
                read.Done.TrySetException(failure);
        }
    }

    private sealed record Read(IReadOnlyCollection<string> Keys)
    {
        public TaskCompletionSource<IReadOnlyDictionary<string, StateEntry>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Dictionary<string, StateEntry> Of(IReadOnlyDictionary<string, StateEntry> entries)
        {
            var own = new Dictionary<string, StateEntry>(Keys.Count, StringComparer.Ordinal);
            foreach (var key in Keys)
                own[key] = entries[key];
            return own;
        }
    }
}
