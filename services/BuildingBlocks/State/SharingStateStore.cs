namespace CloudNative.BuildingBlocks.State;

/// <summary>
/// A state store whose concurrent callers share bulk reads and transactions: most of what a small call costs is the call, on both of its
/// ends. Single reads stay alone, since they settle what is in doubt.
/// </summary>
internal sealed class SharingStateStore(IStateStore store) : IStateStore
{
    // With one call of a kind under way the most is shared; a caller waits for half a call on average.
    private const int MaxCalls = 1;

    private readonly SharedReads _reads = new(store, MaxCalls);
    private readonly SharedTransactions _transactions = new(store, MaxCalls);

    public ValueTask<StateEntry> GetAsync(string key, CancellationToken cancellationToken) => store.GetAsync(key, cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        _reads.GetManyAsync(keys, cancellationToken);

    public ValueTask TransactAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken) =>
        _transactions.TransactAsync(writes, cancellationToken);
}
