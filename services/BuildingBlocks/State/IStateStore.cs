namespace CloudNative.BuildingBlocks.State;

/// <summary>One service's state component, seen through Dapr. Every failure is a <see cref="StateStoreException"/>.</summary>
public interface IStateStore
{
    /// <summary>Reads one document strongly: what every write acknowledged before the call left behind.</summary>
    ValueTask<StateEntry> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Reads documents in one call; never strong on every store (DynamoDB), so good for going on, wrong for refusing.
    /// The answer has one entry for each distinct key.
    /// </summary>
    ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken);

    /// <summary>
    /// Applies all writes or none. Returning proves they are applied; any exception proves nothing (conflict, trouble,
    /// applied but answer lost, still on its way): <c>Settlement</c> finds out.
    /// </summary>
    ValueTask TransactAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken);
}

/// <summary>A document as read; <paramref name="Value"/> is empty and <paramref name="Etag"/> null where there is none.</summary>
public sealed record StateEntry(string Key, ReadOnlyMemory<byte> Value, string? Etag)
{
    public bool Exists => Etag is not null;
}

/// <summary>
/// An upsert under a guard: <paramref name="Etag"/> of the version replaced, or null for a document that must not exist
/// yet (first-write). <paramref name="TimeToLive"/> in whole seconds, null for ever.
/// </summary>
public sealed record StateWrite(string Key, ReadOnlyMemory<byte> Value, string? Etag, TimeSpan? TimeToLive = null);

/// <summary>The store did not answer with success. The message holds no payload.</summary>
public sealed class StateStoreException(string message, Exception? innerException = null) : Exception(message, innerException);
