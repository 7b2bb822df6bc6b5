using CloudNative.EventStream.Records;
using CloudNative.EventStream.Shards;

namespace CloudNative.EventStream.Sqlite;

/// <summary>Checkpoints and set-aside records, in the database of the log and through the same group commit.</summary>
internal sealed class SqliteCheckpointStore(SqliteDatabase database, SqliteShardStore shardStore) : ICheckpointStore
{
    public async Task<GroupPosition> OpenGroupAsync(GroupTopic group, SequenceNumber start, CancellationToken cancellationToken)
    {
        var opened = await database.WriteAsync(
            writer =>
            {
                var rows = shardStore.EnsureShards(writer, group.Topic);
                return (Rows: rows, Position: Open(writer, group.Group, rows, SqliteShardStore.Row(start)));
            },
            opened => shardStore.Know(group.Topic, opened.Rows),
            cancellationToken);
        return opened.Position;
    }

    public Task SaveAsync(GroupTopic group, GroupProgress progress, CancellationToken cancellationToken) => database.WriteAsync(
        writer =>
        {
            foreach (var checkpoint in progress.Checkpoints)
            {
                writer.Prepare("UPDATE checkpoint SET sequence = ?3 WHERE consumer_group = ?1 AND shard = ?2")
                    .Bind(1, group.Group).Bind(2, shardStore.ShardRow(checkpoint.ShardId))
                    .Bind(3, SqliteShardStore.Row(checkpoint.SequenceNumber)).Execute();
            }

            foreach (var finished in progress.FinishedAside)
            {
                writer.Prepare("DELETE FROM set_aside WHERE consumer_group = ?1 AND sequence = ?2")
                    .Bind(1, group.Group).Bind(2, SqliteShardStore.Row(finished.SequenceNumber)).Execute();
            }

            return true;
        },
        committed: null,
        cancellationToken);

    public Task SetAsideAsync(GroupTopic group, IReadOnlyList<SetAsideRecord> records, CancellationToken cancellationToken) => database.WriteAsync(
        writer =>
        {
            foreach (var (record, failedAttempts) in records)
            {
                writer.Prepare(
                    """
                    INSERT OR IGNORE INTO set_aside (consumer_group, shard, partition_key, sequence, arrived, failed_attempts, data)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                    """)
                    .Bind(1, group.Group).Bind(2, shardStore.ShardRow(record.ShardId)).Bind(3, record.PartitionKey)
                    .Bind(4, SqliteShardStore.Row(record.SequenceNumber)).Bind(5, record.ArrivedAt.ToUnixTimeMilliseconds())
                    .Bind(6, failedAttempts).Bind(7, record.Data.Span).Execute();
            }

            return true;
        },
        committed: null,
        cancellationToken);

    public ValueTask<StoredRecord?> ReadSetAsideAsync(
        GroupTopic group, string shardId, string partitionKey, SequenceNumber after, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(database.Read(session =>
        {
            var select = session.Prepare(
                """
                SELECT sequence, arrived, data FROM set_aside
                WHERE consumer_group = ?1 AND shard = ?2 AND partition_key = ?3 AND sequence > ?4 ORDER BY sequence LIMIT 1
                """)
                .Bind(1, group.Group).Bind(2, shardStore.ShardRow(shardId)).Bind(3, partitionKey).Bind(4, SqliteShardStore.Row(after));
            return select.Step()
                ? new StoredRecord(
                    shardId, SqliteShardStore.Number(select.GetInt64(0)), partitionKey,
                    DateTimeOffset.FromUnixTimeMilliseconds(select.GetInt64(1)), select.GetBytes(2))
                : null;
        }));
    }

    private static GroupPosition Open(SqliteWriter writer, string group, IReadOnlyList<long> shardRows, long start)
    {
        var checkpoints = new List<ShardPosition>();
        var setAside = new List<SetAsideKey>();
        foreach (var row in shardRows)
        {
            writer.Prepare("INSERT OR IGNORE INTO checkpoint (consumer_group, shard, sequence) VALUES (?1, ?2, ?3)")
                .Bind(1, group).Bind(2, row).Bind(3, start).Execute();
            var shardId = ShardTail.IdOf(row);
            checkpoints.Add(new ShardPosition(shardId, SelectCheckpoint(writer, group, row)));
            setAside.AddRange(SelectSetAsideKeys(writer, group, row, shardId));
        }

        return new GroupPosition(checkpoints, setAside);
    }

    private static SequenceNumber SelectCheckpoint(SqliteWriter writer, string group, long shardRow)
    {
        var select = writer.Prepare("SELECT sequence FROM checkpoint WHERE consumer_group = ?1 AND shard = ?2")
            .Bind(1, group).Bind(2, shardRow);
        select.Step();
        var position = SqliteShardStore.Number(select.GetInt64(0));
        select.Reset();
        return position;
    }

    private static List<SetAsideKey> SelectSetAsideKeys(SqliteWriter writer, string group, long shardRow, string shardId)
    {
        var keys = new List<SetAsideKey>();
        var select = writer.Prepare(
            """
            SELECT partition_key, max(sequence), max(failed_attempts) FROM set_aside
            WHERE consumer_group = ?1 AND shard = ?2 GROUP BY partition_key ORDER BY min(sequence)
            """)
            .Bind(1, group).Bind(2, shardRow);
        while (select.Step())
            keys.Add(new SetAsideKey(shardId, select.GetString(0), SqliteShardStore.Number(select.GetInt64(1)), (int)select.GetInt64(2)));
        return keys;
    }
}
