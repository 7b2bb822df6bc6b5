using System.Globalization;
using CloudNative.EventStream.Records;

namespace CloudNative.EventStream.Sqlite;

/// <summary>
/// The newest records of a shard in memory, so that readers that are up to date need no query, and the signal that wakes them.
/// </summary>
internal sealed class ShardTail(long row, SequenceNumber last, int maxBytes)
{
    private readonly Lock guard = new();
    private readonly List<StoredRecord> records = [];
    private int start;
    private long bytes;
    private SequenceNumber floor = last;
    private SequenceNumber last = last;
    private TaskCompletionSource? appended;

    /// <summary>The shard's id in the database.</summary>
    public long Row => row;

    public string ShardId { get; } = IdOf(row);

    public static string IdOf(long row) => string.Create(CultureInfo.InvariantCulture, $"shardId-{row:d12}");

    /// <summary>Takes a committed record; calls come in the order of the shard.</summary>
    public void Append(StoredRecord record)
    {
        TaskCompletionSource? woken;
        lock (guard)
        {
            records.Add(record);
            bytes += record.Data.Length;
            last = record.SequenceNumber;
            DropOldest();
            (woken, appended) = (appended, null);
        }

        woken?.SetResult();
    }

    /// <summary>The records after a position, or null if the memory does not reach back that far.</summary>
    public IReadOnlyList<StoredRecord>? ReadAfter(SequenceNumber after, int maxRecords)
    {
        lock (guard)
        {
            if (after < floor)
                return null;
            if (after >= last)
                return [];

            var first = IndexAfter(after);
            return records.GetRange(first, Math.Min(maxRecords, records.Count - first));
        }
    }

    /// <summary>Completes with the next append after this call.</summary>
    public Task NextAppendAsync()
    {
        lock (guard)
        {
            appended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return appended.Task;
        }
    }

    private void DropOldest()
    {
        while (bytes > maxBytes && start < records.Count)
        {
            bytes -= records[start].Data.Length;
            floor = records[start].SequenceNumber;
            records[start++] = null!;
        }

        if (start > 256 && start * 2 > records.Count)
        {
            records.RemoveRange(0, start);
            start = 0;
        }
    }

    private int IndexAfter(SequenceNumber after)
    {
        var (low, high) = (start, records.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (records[middle].SequenceNumber <= after)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
