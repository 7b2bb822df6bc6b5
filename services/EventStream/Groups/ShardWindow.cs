using CloudNative.EventStream.Records;

namespace CloudNative.EventStream.Groups;

/// <summary>A record in the window, with the place of the one before it in the shard.</summary>
internal sealed class WindowEntry(StoredRecord record, SequenceNumber previous, PartitionQueue queue)
{
    public SequenceNumber SequenceNumber { get; } = record.SequenceNumber;

    public SequenceNumber Previous => previous;

    public PartitionQueue Queue => queue;

    /// <summary>Null once it is done, so that its bytes are free.</summary>
    public StoredRecord? Record { get; private set; } = record;

    public bool IsDone => Record is null;

    public int Finish()
    {
        var bytes = Record!.Data.Length;
        Record = null;
        return bytes;
    }
}

/// <summary>
/// What a group has read of one shard beyond its checkpoint, in the order of the shard. The checkpoint follows the oldest
/// unfinished record. Guarded by the lock of its <see cref="ConsumerGroup"/>.
/// </summary>
internal sealed class ShardWindow(string shardId, SequenceNumber checkpoint, int maxRecords, long maxBytes)
{
    private readonly Queue<WindowEntry> entries = new();
    private long bytes;
    private TaskCompletionSource? change;

    public string ShardId => shardId;

    public SequenceNumber LastRead { get; private set; } = checkpoint;

    /// <summary>Everything up to and including this is done or set aside.</summary>
    public SequenceNumber Checkpoint { get; private set; } = checkpoint;

    public SequenceNumber StoredCheckpoint { get; set; } = checkpoint;

    /// <summary>How many more records may be read; at least one if only the bytes of the last page went over their limit.</summary>
    public int Space => bytes >= maxBytes ? 0 : maxRecords - entries.Count;

    /// <summary>The oldest unfinished record, which holds the checkpoint; null if all are done.</summary>
    public WindowEntry? Oldest => entries.TryPeek(out var oldest) ? oldest : null;

    public IEnumerable<WindowEntry> Unfinished => entries.Where(entry => !entry.IsDone);

    public WindowEntry Add(StoredRecord record, PartitionQueue queue)
    {
        var entry = new WindowEntry(record, LastRead, queue);
        entries.Enqueue(entry);
        bytes += record.Data.Length;
        LastRead = record.SequenceNumber;
        return entry;
    }

    public void Finish(WindowEntry entry)
    {
        bytes -= entry.Finish();
        while (entries.TryPeek(out var oldest) && oldest.IsDone)
            Checkpoint = entries.Dequeue().SequenceNumber;
        SignalChange();
    }

    /// <summary>Completes when a record is finished or a key of the shard begins to wait.</summary>
    public Task NextChangeAsync()
    {
        change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return change.Task;
    }

    public void SignalChange()
    {
        change?.SetResult();
        change = null;
    }
}
