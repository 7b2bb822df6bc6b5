using CloudNative.EventStream.Records;
using CloudNative.EventStream.Shards;

namespace CloudNative.EventStream.Groups;

/// <summary>
/// The keys of a group whose records are set aside in the store, so that a key that waits does not stop the others of its shard: which
/// keys must be, what arrives behind them, and what of it is done. Guarded by the lock of its <see cref="ConsumerGroup"/>.
/// </summary>
internal sealed class SetAsideKeys(EventStreamOptions options, TimeProvider timeProvider)
{
    private readonly List<ShardPosition> finished = [];
    private int keys;

    /// <summary>Records that are done and to be forgotten in the store.</summary>
    public IReadOnlyList<ShardPosition> Finished => finished;

    /// <summary>The store has forgotten the first so many of <see cref="Finished"/>.</summary>
    public void HasForgotten(int records) => finished.RemoveRange(0, records);

    /// <summary>Takes up a key that an earlier process set aside.</summary>
    public PartitionQueue Restore(SetAsideKey key, ShardWindow window)
    {
        var queue = new PartitionQueue(key.PartitionKey, window) { FailedAttempts = key.FailedAttempts };
        queue.SetAside(after: SequenceNumber.TrimHorizon, through: key.Last);
        keys++;
        return queue;
    }

    /// <summary>A full window whose oldest record waits would stop the group: then every key of the shard that waits is set aside, as far as their number allows.</summary>
    public IReadOnlyList<SetAsideRecord> Blocking(ShardWindow window)
    {
        var now = timeProvider.GetUtcNow();
        if (window.Oldest is not { } oldest || !IsWaiting(oldest.Queue, now))
            return [];

        return [.. window.Unfinished.Select(entry => entry.Queue).Where(queue => !queue.IsSetAside && IsWaiting(queue, now))
            .Distinct().Take(options.MaxKeysSetAside - keys)
            .SelectMany(queue => queue.Entries.Select((entry, index) => new SetAsideRecord(entry.Record!, index == 0 ? queue.FailedAttempts : 0)))];
    }

    /// <summary>The records of a key are durably set aside; those that are still unfinished (<paramref name="remaining"/>) leave the window.</summary>
    public void HasSetAside(Queue<WindowEntry> remaining, IReadOnlyList<StoredRecord> records)
    {
        finished.AddRange(records.Take(records.Count - remaining.Count)
            .Select(record => new ShardPosition(record.ShardId, record.SequenceNumber)));
        if (remaining.Count == 0)
            return;

        var queue = remaining.Peek().Queue;
        queue.SetAside(after: remaining.Peek().Previous, through: records[^1].SequenceNumber);
        keys++;
        while (remaining.TryDequeue(out var entry))
            queue.Window.Finish(entry);
    }

    /// <summary>A record of a key that is set aside was read; true if it must be set aside behind the others.</summary>
    public static bool Arrive(WindowEntry entry)
    {
        var queue = entry.Queue;
        if (entry.SequenceNumber <= queue.AsideThrough)
        {
            // Read again after a restart: it is done, or among the set-aside records.
            queue.Window.Finish(entry);
            return false;
        }

        queue.AsideArrivals++;
        return true;
    }

    /// <summary>What arrived is durably set aside.</summary>
    public static void HasArrived(WindowEntry entry)
    {
        entry.Queue.AsideArrivals--;
        entry.Queue.AsideThrough = entry.SequenceNumber;
        entry.Queue.Window.Finish(entry);
    }

    /// <summary>The oldest record of the key is done, set aside or not.</summary>
    public void Finish(PartitionQueue queue, StoredRecord record)
    {
        if (queue.Finish(record) is { } place)
            finished.Add(place);
    }

    /// <summary>The group forgets the key: nothing of it is left.</summary>
    public void Forget(PartitionQueue queue)
    {
        if (queue.IsSetAside)
            keys--;
    }

    private bool IsWaiting(PartitionQueue queue, DateTimeOffset now) =>
        queue.State == PartitionState.BackingOff || (queue.State == PartitionState.Out && now - queue.Since >= options.MaxBackoff);
}
