using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using CloudNative.EventStream.Records;
using CloudNative.EventStream.Shards;

namespace CloudNative.EventStream.Sqlite;

/// <summary>Topics, shards and records in SQLite. Sequence numbers grow over all shards of the file.</summary>
internal sealed class SqliteShardStore : IShardStore
{
    /// <summary>A page ends with the record that reaches this.</summary>
    private const int MaxPageBytes = 1024 * 1024;

    private readonly SqliteDatabase database;
    private readonly EventStreamOptions options;
    private readonly TimeProvider timeProvider;
    private readonly ConcurrentDictionary<string, ShardTail[]> topics = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ShardTail> shards = new(StringComparer.Ordinal);
    private long latest;

    private SqliteShardStore(SqliteDatabase database, EventStreamOptions options, TimeProvider timeProvider)
    {
        this.database = database;
        this.options = options;
        this.timeProvider = timeProvider;
    }

    public SequenceNumber Latest => Number(Interlocked.Read(ref latest));

    public IEnumerable<long> ShardRows => shards.Values.Select(shard => shard.Row);

    public static SqliteShardStore Load(SqliteDatabase database, EventStreamOptions options, TimeProvider timeProvider)
    {
        var store = new SqliteShardStore(database, options, timeProvider);
        var topics = database.Read(session =>
        {
            var sequence = session.Prepare("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'record'");
            sequence.Step();
            store.latest = sequence.GetInt64(0);
            var rows = session.Prepare("SELECT topic, id FROM shard ORDER BY topic, number");
            var found = new List<(string Topic, long Row)>();
            while (rows.Step())
                found.Add((rows.GetString(0), rows.GetInt64(1)));
            return found.GroupBy(row => row.Topic, row => row.Row, StringComparer.Ordinal);
        });
        foreach (var topic in topics)
            store.Know(topic.Key, [.. topic]);
        return store;
    }

    public async Task AppendAsync(NewRecord record, CancellationToken cancellationToken)
    {
        if (!topics.TryGetValue(record.Topic, out var topicShards))
            topicShards = await CreateTopicAsync(record.Topic, cancellationToken);

        var key = record.PartitionKey!;
        var shard = topicShards[ShardOf(key, topicShards.Length)];
        // A copy: the caller may use its buffer again, and the shard's tail keeps the record.
        var data = record.Data.ToArray();
        await database.WriteAsync(writer => Insert(writer, shard, key, data), stored => Announce(shard, stored), cancellationToken);
    }

    /// <summary>Makes the topics that are not there yet, so that appends to them are queued at once and in order.</summary>
    public async Task EnsureTopicsAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        foreach (var topic in names.Where(name => !topics.ContainsKey(name)).Distinct(StringComparer.Ordinal).ToList())
            await CreateTopicAsync(topic, cancellationToken);
    }

    public ValueTask<IReadOnlyList<StoredRecord>> ReadAsync(
        string shardId, SequenceNumber after, int maxRecords, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var shard = shards[shardId];
        return ValueTask.FromResult(shard.ReadAfter(after, maxRecords) ?? database.Read(session => Select(session, shard, after, maxRecords)));
    }

    public Task NextAppendAsync(string shardId) => shards[shardId].NextAppendAsync();

    /// <summary>The topic's shards in the database, made if there are none; for use in a work item.</summary>
    internal IReadOnlyList<long> EnsureShards(SqliteWriter writer, string topic)
    {
        var rows = SelectShards(writer, topic);
        for (var number = 0; rows.Count == 0 && number < options.ShardsPerTopic; number++)
            writer.Prepare("INSERT INTO shard (topic, number) VALUES (?1, ?2)").Bind(1, topic).Bind(2, number).Execute();
        return rows.Count > 0 ? rows : SelectShards(writer, topic);
    }

    /// <summary>Makes committed shards readable; called on the writer's thread, before any of their records is announced.</summary>
    internal void Know(string topic, IReadOnlyList<long> rows)
    {
        if (topics.ContainsKey(topic))
            return;

        var tails = rows.Select(row => new ShardTail(row, Latest, options.TailBytes)).ToArray();
        foreach (var tail in tails)
            shards[tail.ShardId] = tail;
        topics[topic] = tails;
    }

    internal static SequenceNumber Number(long sequence) =>
        sequence == 0 ? SequenceNumber.TrimHorizon : new SequenceNumber(sequence.ToString(CultureInfo.InvariantCulture));

    internal static long Row(SequenceNumber number) =>
        number.Value.Length == 0 ? 0 : long.Parse(number.Value, NumberStyles.None, CultureInfo.InvariantCulture);

    internal long ShardRow(string shardId) => shards[shardId].Row;

    /// <summary>FNV-1a over the key's UTF-8 bytes: the same in every process and version, as the shard of a key must be.</summary>
    internal static int ShardOf(string partitionKey, int shardCount)
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(partitionKey))
            hash = (hash ^ octet) * 1099511628211UL;
        return (int)((hash ^ (hash >> 32)) % (uint)shardCount);
    }

    private async Task<ShardTail[]> CreateTopicAsync(string topic, CancellationToken cancellationToken)
    {
        await database.WriteAsync(writer => EnsureShards(writer, topic), rows => Know(topic, rows), cancellationToken);
        return topics[topic];
    }

    private StoredRecord Insert(SqliteWriter writer, ShardTail shard, string key, byte[] data)
    {
        var arrived = timeProvider.GetUtcNow().ToUnixTimeMilliseconds();
        writer.Prepare("INSERT INTO record (shard, arrived, partition_key, data) VALUES (?1, ?2, ?3, ?4)")
            .Bind(1, shard.Row).Bind(2, arrived).Bind(3, key).Bind(4, data).Execute();
        return new StoredRecord(
            shard.ShardId, Number(writer.LastInsertRowId), key, DateTimeOffset.FromUnixTimeMilliseconds(arrived), data);
    }

    private void Announce(ShardTail shard, StoredRecord record)
    {
        Interlocked.Exchange(ref latest, Row(record.SequenceNumber));
        shard.Append(record);
    }

    private static List<long> SelectShards(SqliteWriter writer, string topic)
    {
        var rows = new List<long>();
        var select = writer.Prepare("SELECT id FROM shard WHERE topic = ?1 ORDER BY number").Bind(1, topic);
        while (select.Step())
            rows.Add(select.GetInt64(0));
        return rows;
    }

    private static List<StoredRecord> Select(SqliteSession session, ShardTail shard, SequenceNumber after, int maxRecords)
    {
        var records = new List<StoredRecord>();
        var select = session.Prepare(
            "SELECT sequence, partition_key, arrived, data FROM record WHERE shard = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3")
            .Bind(1, shard.Row).Bind(2, Row(after)).Bind(3, maxRecords);
        var bytes = 0;
        while (bytes < MaxPageBytes && select.Step())
        {
            records.Add(new StoredRecord(
                shard.ShardId, Number(select.GetInt64(0)), select.GetString(1),
                DateTimeOffset.FromUnixTimeMilliseconds(select.GetInt64(2)), select.GetBytes(3)));
            bytes += records[^1].Data.Length;
        }

        return records;
    }
}
