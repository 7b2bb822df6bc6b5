using Microsoft.Extensions.Logging;

namespace CloudNative.EventStream.Sqlite;

/// <summary>Trims expired records in small batches, so that no publisher waits long; never what a known group has not finished.</summary>
internal sealed partial class SqliteRetention(
    SqliteDatabase database, SqliteShardStore shards, TimeSpan retention, TimeProvider timeProvider, ILogger logger)
{
    private const int BatchRecords = 500;

    public async Task TrimAsync(CancellationToken cancellationToken)
    {
        var expiry = (timeProvider.GetUtcNow() - retention).ToUnixTimeMilliseconds();
        try
        {
            foreach (var shard in shards.ShardRows.ToList())
            {
                while (await database.WriteAsync(writer => TrimBatch(writer, shard, expiry), committed: null, cancellationToken) == BatchRecords)
                    LogTrimmed(BatchRecords, shard);
            }
        }
        catch (EventStreamUnavailableException)
        {
            LogTrimFailed();
        }
    }

    private static int TrimBatch(SqliteWriter writer, long shard, long expiry)
    {
        var last = 0L;
        var oldest = writer.Prepare(
            """
            SELECT sequence, arrived FROM record
            WHERE shard = ?1 AND sequence <= coalesce((SELECT min(sequence) FROM checkpoint WHERE shard = ?1), 9223372036854775807)
            ORDER BY sequence LIMIT ?2
            """)
            .Bind(1, shard).Bind(2, BatchRecords);
        while (oldest.Step())
        {
            if (oldest.GetInt64(1) >= expiry)
                break;
            last = oldest.GetInt64(0);
        }

        oldest.Reset();
        return last == 0 ? 0 : writer.Prepare("DELETE FROM record WHERE shard = ?1 AND sequence <= ?2").Bind(1, shard).Bind(2, last).Execute();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Trimmed {Records} expired records of shard {Shard}")]
    private partial void LogTrimmed(int records, long shard);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Expired records could not be trimmed: tried again")]
    private partial void LogTrimFailed();
}
