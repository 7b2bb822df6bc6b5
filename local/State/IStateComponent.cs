using CloudNative.Local.Resources;

namespace CloudNative.Local.State;

/// <summary>One state component behind the state API. Keys come with their prefix. Names follow daprd's store contract.</summary>
public interface IStateComponent : IAsyncDisposable
{
    /// <summary>As /v1.0/metadata lists them, e.g. ETAG, TRANSACTIONAL, TTL.</summary>
    IReadOnlyList<string> Capabilities { get; }

    /// <summary>Null where there is none or it has expired.</summary>
    ValueTask<StateRow?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>In the order daprd's store answers; a missing key has a row whose Etag is null.</summary>
    ValueTask<IReadOnlyList<StateRow>> GetBulkAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <summary>One write on its own.</summary>
    /// <exception cref="EtagMismatchException">The guard does not hold.</exception>
    /// <exception cref="ComponentException">Anything else the store refuses.</exception>
    ValueTask ApplyAsync(StateOperation operation, CancellationToken cancellationToken);

    /// <summary>All in order or none (a mismatch included); exceptions as above.</summary>
    ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken);
}

public enum StateOperationKind
{
    Upsert,
    Delete,
}

/// <summary>
/// <paramref name="Metadata"/> is the operation's own (ttlInSeconds is parsed by the store, as in daprd). <paramref name="IsBinary"/>:
/// the value came as gRPC bytes and is stored base64. Concurrency and consistency are the API's words, null when unspecified.
/// </summary>
public sealed record StateOperation(
    StateOperationKind Kind,
    string Key,
    ReadOnlyMemory<byte> Value,
    bool IsBinary,
    string? Etag,
    string? Concurrency,
    string? Consistency,
    IReadOnlyDictionary<string, string> Metadata);

/// <summary>A default <paramref name="Value"/> is no value at all, an empty one is a value of no bytes.</summary>
public sealed record StateRow(string Key, ReadOnlyMemory<byte> Value, string? Etag, DateTimeOffset? ExpiresAt);

/// <summary>The message is the store's own addition, empty for state.sqlite.</summary>
public sealed class EtagMismatchException(string detail) : ComponentException(detail)
{
    public override bool IsRepeatable => false;
}
