
namespace CloudNative.Local.State;

/// <summary>
/// state.in-memory: forgets everything with the process. It differs from state.sqlite as daprd's does: a transaction checks all its
/// guards before it writes anything, delete heeds first-write, mismatches say why, and bulk get answers in the order asked.
/// </summary>
internal sealed class InMemoryStateStore(TimeProvider time) : IStateComponent
{
    private const int SmallestSweep = 1_024;

    private readonly Lock gate = new();
    private readonly Dictionary<string, StateRow> rows = new(StringComparer.Ordinal);
    private int sweepAt = SmallestSweep;

    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "DELETE_WITH_PREFIX", "KEYS_LIKE", "ACTOR"];

    public ValueTask<StateRow?> GetAsync(string key, CancellationToken cancellationToken)
    {
        lock (gate)
            return ValueTask.FromResult(Find(key));
    }

    public ValueTask<IReadOnlyList<StateRow>> GetBulkAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return ValueTask.FromResult<IReadOnlyList<StateRow>>(
                [.. keys.Select(key => Find(key) ?? new StateRow(key, default, null, null))]);
        }
    }

    public ValueTask ApplyAsync(StateOperation operation, CancellationToken cancellationToken)
    {
        StateOptions.CheckWords(operation);
        return WriteAsync([operation]);
    }

    public ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        // The words of a delete are not looked at inside a transaction.
        foreach (var operation in operations.Where(operation => operation.Kind == StateOperationKind.Upsert))
            StateOptions.CheckWords(operation);
        return WriteAsync(operations);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask WriteAsync(IReadOnlyList<StateOperation> operations)
    {
        var now = time.GetUtcNow();
        var expirations = operations.Select(operation => Expiration(operation, now)).ToArray();
        lock (gate)
        {
            foreach (var operation in operations)
                CheckGuard(operation);
            for (var i = 0; i < operations.Count; i++)
                Write(operations[i], expirations[i]);
            Sweep();
        }
        return ValueTask.CompletedTask;
    }

    private static DateTimeOffset? Expiration(StateOperation operation, DateTimeOffset now)
    {
        if (operation.Kind == StateOperationKind.Delete || StateOptions.TtlSeconds(operation, "strconv.Atoi", "") is not { } seconds || seconds <= 0)
            return null;
        var longest = (long)(DateTimeOffset.MaxValue - now).TotalSeconds;
        return now.AddSeconds(Math.Min(seconds, longest));
    }

    private void CheckGuard(StateOperation operation)
    {
        var current = Find(operation.Key);
        if (StateOptions.IsInsertOnly(operation) && current is not null)
            throw new EtagMismatchException("item already exists and no etag was passed");
        if (StateOptions.EtagOf(operation) is not { } etag)
            return;
        if (current is null)
            throw new EtagMismatchException($"state not exist or expired for key={operation.Key}");
        if (current.Etag != etag)
            throw new EtagMismatchException($"state etag not match for key={operation.Key}: current={current.Etag}, expect={etag}");
    }

    private void Write(StateOperation operation, DateTimeOffset? expiration)
    {
        if (operation.Kind == StateOperationKind.Delete)
            rows.Remove(operation.Key);
        else
            rows[operation.Key] = new StateRow(operation.Key, Copy(operation.Value), Guid.NewGuid().ToString(), expiration);
    }

    /// <summary>An empty value comes back as no value at all, which the state API answers over HTTP as missing.</summary>
    private static ReadOnlyMemory<byte> Copy(ReadOnlyMemory<byte> value) => value.IsEmpty ? default : value.ToArray();

    private StateRow? Find(string key) =>
        rows.TryGetValue(key, out var row) && !IsExpired(row, time.GetUtcNow()) ? row : null;

    private static bool IsExpired(StateRow row, DateTimeOffset now) => row.ExpiresAt <= now;

    /// <summary>Keeps what has expired below half of what is held, at a cost spread over the writes.</summary>
    private void Sweep()
    {
        if (rows.Count < sweepAt)
            return;
        var now = time.GetUtcNow();
        foreach (var row in rows.Values.Where(row => IsExpired(row, now)).ToArray())
            rows.Remove(row.Key);
        sweepAt = Math.Max(SmallestSweep, rows.Count * 2);
    }
}
