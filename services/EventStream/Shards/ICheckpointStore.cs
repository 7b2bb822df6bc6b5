using CloudNative.EventStream.Records;

namespace CloudNative.EventStream.Shards;

/// <summary>
/// How far each consumer group is, and what it has set aside. Whoever opens a group holds the lease of its shards: with SQLite
/// that is the one process that holds the database file.
/// Every method may throw <see cref="EventStreamUnavailableException"/>; the caller then tries again.
/// </summary>
internal interface ICheckpointStore
{
    /// <summary>
    /// Reads where the group stands. Shards it has no checkpoint for start at <paramref name="start"/>, which is durable before
    /// any record appended after this call.
    /// </summary>
    Task<GroupPosition> OpenGroupAsync(GroupTopic group, SequenceNumber start, CancellationToken cancellationToken);

    /// <summary>Stores checkpoints and forgets set-aside records that are done, all or nothing.</summary>
    Task SaveAsync(GroupTopic group, GroupProgress progress, CancellationToken cancellationToken);

    /// <summary>Keeps records apart from the log until they are done; completes when durable. A record set aside twice is kept once.</summary>
    Task SetAsideAsync(GroupTopic group, IReadOnlyList<SetAsideRecord> records, CancellationToken cancellationToken);

    /// <summary>The oldest set-aside record of the key after a position, or null.</summary>
    ValueTask<StoredRecord?> ReadSetAsideAsync(
        GroupTopic group, string shardId, string partitionKey, SequenceNumber after, CancellationToken cancellationToken);
}

/// <summary>A consumer group's share in one topic.</summary>
internal sealed record GroupTopic(string Group, string Topic);

/// <summary>A record's place; as a checkpoint: everything in the shard up to and including it is done or set aside.</summary>
internal sealed record ShardPosition(string ShardId, SequenceNumber SequenceNumber);

/// <summary>A key with set-aside records, the last of them, and how often the first of them failed so far.</summary>
internal sealed record SetAsideKey(string ShardId, string PartitionKey, SequenceNumber Last, int FailedAttempts);

internal sealed record SetAsideRecord(StoredRecord Record, int FailedAttempts);

internal sealed record GroupPosition(IReadOnlyList<ShardPosition> Checkpoints, IReadOnlyList<SetAsideKey> SetAside);

internal sealed record GroupProgress(IReadOnlyList<ShardPosition> Checkpoints, IReadOnlyList<ShardPosition> FinishedAside)
{
    public bool IsEmpty => Checkpoints.Count == 0 && FinishedAside.Count == 0;
}
