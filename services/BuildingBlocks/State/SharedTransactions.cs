namespace CloudNative.BuildingBlocks.State;

/// <summary>
/// Transactions of callers that send at the same time as one, where they have no document in common. If that one does not succeed, each
/// is sent alone, so nobody fails by a neighbour's conflict. What success and failure prove stays as it is: applied, and nothing. Guards
/// let a document be replaced once, so it does no harm if the shared transaction lands after all.
/// </summary>
internal sealed class SharedTransactions
{
    // DynamoDB takes 100 operations and 4 MB, the sidecar 4 MiB.
    private const int MaxWrites = 90;
    private const int MaxBytes = 1024 * 1024;

    private readonly IStateStore _store;
    private readonly Gathering<Transaction> _transactions;

    public SharedTransactions(IStateStore store, int maxCalls)
    {
        _store = store;
        _transactions = new Gathering<Transaction>(maxCalls, Fits, SendAsync);
    }

    /// <exception cref="StateStoreException">Nothing is proved.</exception>
    /// <exception cref="OperationCanceledException">Nothing is proved: it may have been sent.</exception>
    public async ValueTask TransactAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        var transaction = new Transaction(writes, cancellationToken);
        _transactions.Add(transaction);
        await using (cancellationToken.UnsafeRegister(static (state, token) => ((Transaction)state!).Done.TrySetCanceled(token), transaction))
            await transaction.Done.Task;
    }

    private static bool Fits(IReadOnlyList<Transaction> gathered, Transaction next)
    {
        var writes = gathered.SelectMany(transaction => transaction.Writes).ToList();
        return writes.Count + next.Writes.Count <= MaxWrites
            && writes.Sum(write => write.Value.Length) + next.Writes.Sum(write => write.Value.Length) <= MaxBytes
            && !next.Writes.Any(write => writes.Any(other => other.Key == write.Key));
    }

    private async Task SendAsync(IReadOnlyList<Transaction> gathered)
    {
        var wanted = gathered.Where(transaction => !transaction.Done.Task.IsCanceled).ToList();
        if (wanted.Count > 1 && await IsAppliedAsync(wanted))
            wanted.ForEach(transaction => transaction.Done.TrySetResult());
        else
            await Task.WhenAll(wanted.Select(SendAloneAsync));
    }

    private async ValueTask<bool> IsAppliedAsync(List<Transaction> transactions)
    {
        try
        {
            // Whoever goes away does not take the others along; the store ends the call in time.
            await _store.TransactAsync([.. transactions.SelectMany(transaction => transaction.Writes)], CancellationToken.None);
            return true;
        }
        catch (StateStoreException)
        {
            return false;
        }
    }

    private async Task SendAloneAsync(Transaction transaction)
    {
        try
        {
            await _store.TransactAsync(transaction.Writes, transaction.Token);
            transaction.Done.TrySetResult();
        }
#pragma warning disable CA1031 // What the call throws is thrown at its caller.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            transaction.Done.TrySetException(failure);
        }
    }

    private sealed record Transaction(IReadOnlyList<StateWrite> Writes, CancellationToken Token)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
