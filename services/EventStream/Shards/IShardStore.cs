using CloudNative.EventStream.Records;

namespace CloudNative.EventStream.Shards;

/// <summary>
/// The log: topics made of shards, shards of records in order. A partition key belongs to one shard.
/// Every method may throw <see cref="EventStreamUnavailableException"/>; the caller then tries again.
/// </summary>
internal interface IShardStore
{
    /// <summary>A position, valid in every shard, before whatever is appended from now on and not before what was acknowledged.</summary>
    SequenceNumber Latest { get; }

    /// <summary>Appends a valid record with a key; completes when it is durable. Records appended in turn keep that order.</summary>
    Task AppendAsync(NewRecord record, CancellationToken cancellationToken);

    /// <summary>The next records after a position, oldest first; empty if there are none yet.</summary>
    ValueTask<IReadOnlyList<StoredRecord>> ReadAsync(
        string shardId, SequenceNumber after, int maxRecords, CancellationToken cancellationToken);

    /// <summary>
    /// Completes when the shard may have new records. Taken before a read that finds nothing, then awaited, it misses none.
    /// </summary>
    Task NextAppendAsync(string shardId);
}
