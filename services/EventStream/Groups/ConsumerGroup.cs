using CloudNative.EventStream.Records;
using CloudNative.EventStream.Shards;

namespace CloudNative.EventStream.Groups;

/// <summary>
/// One consumer group on one topic: which key may go to which stream, what comes again and when, and how far the group is.
/// Everything here is in memory and under one lock; reading and storing is done by <see cref="ShardReader"/> and the engine.
/// </summary>
internal sealed class ConsumerGroup : IDisposable
{
    private readonly Lock guard = new();
    private readonly EventStreamOptions options;
    private readonly Backoff backoff;
    private readonly TimeProvider timeProvider;
    private readonly Dictionary<string, PartitionQueue> queues = new(StringComparer.Ordinal);
    private readonly ReadyQueues ready = new();
    private readonly RetrySchedule retries;
    private readonly SetAsideKeys aside;
    private readonly List<ShardWindow> windows = [];

    public ConsumerGroup(GroupTopic name, EventStreamOptions options, TimeProvider timeProvider)
    {
        Name = name;
        this.options = options;
        this.timeProvider = timeProvider;
        backoff = new Backoff(options.InitialBackoff, options.MaxBackoff);
        retries = new RetrySchedule(timeProvider, RetryDueKeys);
        aside = new SetAsideKeys(options, timeProvider);
    }

    public GroupTopic Name { get; }

    /// <summary>Takes up where the group stands; called once, before any record is added.</summary>
    public IReadOnlyList<ShardWindow> Open(GroupPosition position)
    {
        lock (guard)
        {
            var shards = position.Checkpoints.Count;
            windows.AddRange(position.Checkpoints.Select(checkpoint => new ShardWindow(
                checkpoint.ShardId, checkpoint.SequenceNumber, options.WindowRecords / shards, options.WindowBytes / shards)));
            foreach (var key in position.SetAside)
                Restore(key, windows.Single(window => window.ShardId == key.ShardId));
            return [.. windows];
        }
    }

    public void AddStream()
    {
        lock (guard)
            ready.Streams++;
    }

    public void RemoveStream()
    {
        lock (guard)
            ready.Streams--;
    }

    /// <summary>Waits for a ready key and takes it out; whoever takes one completes it, postpones it or gives it back.</summary>
    public async ValueTask<PartitionQueue> TakeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource<PartitionQueue>> place;
        lock (guard)
        {
            if (ready.TryTake() is { } queue)
                return TakenOut(queue);
            place = ready.Wait();
        }

        await using var cancelling = cancellationToken.UnsafeRegister(_ => CancelWaiting(place, cancellationToken), null);
        var taken = await place.Value.Task;
        lock (guard)
            return TakenOut(taken);
    }

    /// <summary>The record to deliver for a key that was taken out; null if it is set aside and must be read from the store.</summary>
    public StoredRecord? OldestInWindow(PartitionQueue queue)
    {
        lock (guard)
            return queue.IsSetAside ? null : queue.Entries.Peek().Record;
    }

    public void Acknowledge(PartitionQueue queue, StoredRecord record)
    {
        lock (guard)
        {
            aside.Finish(queue, record);
            ready.Return(queue);
            GoOn(queue);
        }
    }

    /// <summary>The attempt failed: the key waits for its backoff and gets the same record again.</summary>
    public void Fail(PartitionQueue queue)
    {
        lock (guard)
        {
            queue.FailedAttempts++;
#pragma warning disable CA5394 // Jitter spreads load, it guards nothing.
            PutOff(queue, backoff.After(queue.FailedAttempts, Random.Shared.NextDouble()));
#pragma warning restore CA5394
        }
    }

    /// <summary>The record could not be read: the key waits without an attempt counted.</summary>
    public void Postpone(PartitionQueue queue)
    {
        lock (guard)
            PutOff(queue, options.StoreRetryDelay);
    }

    /// <summary>The record was not delivered: it is ready again, no attempt counted.</summary>
    public void GiveBack(PartitionQueue queue)
    {
        lock (guard)
        {
            ready.Return(queue);
            GoOn(queue);
        }
    }

    /// <summary>The store has no set-aside record of the key any more.</summary>
    public void AsideIsEmpty(PartitionQueue queue)
    {
        lock (guard)
        {
            queue.AsideAfter = queue.AsideThrough;
            ready.Return(queue);
            GoOn(queue);
        }
    }

    /// <summary>Takes a page into the window; returns the records that must be set aside behind others of their key.</summary>
    public IReadOnlyList<WindowEntry> Add(ShardWindow window, IReadOnlyList<StoredRecord> page)
    {
        var arrivals = new List<WindowEntry>();
        lock (guard)
        {
            foreach (var record in page)
                Add(window, record, arrivals);
        }

        return arrivals;
    }

    /// <summary>How many records may be read on; with none, <paramref name="change"/> tells when to ask again.</summary>
    public int SpaceIn(ShardWindow window, out Task change, out IReadOnlyList<SetAsideRecord> blocking)
    {
        lock (guard)
        {
            change = window.NextChangeAsync();
            blocking = window.Space > 0 ? [] : aside.Blocking(window);
            return window.Space;
        }
    }

    /// <summary>The records are durably set aside: the window may go past those that were not finished meanwhile.</summary>
    public void HasSetAside(ShardWindow window, IReadOnlyList<SetAsideRecord> records)
    {
        lock (guard)
        {
            foreach (var key in records.GroupBy(record => record.Record.PartitionKey, record => record.Record, StringComparer.Ordinal))
                aside.HasSetAside(queues.GetValueOrDefault(key.Key)?.Entries ?? new Queue<WindowEntry>(), [.. key]);
            window.SignalChange();
        }
    }

    /// <summary>The arrivals are durably set aside behind the others of their keys.</summary>
    public void HaveArrivedAside(IReadOnlyList<WindowEntry> arrivals)
    {
        lock (guard)
        {
            foreach (var entry in arrivals)
            {
                SetAsideKeys.HasArrived(entry);
                if (entry.Queue.State == PartitionState.Idle)
                    GoOn(entry.Queue);
            }
        }
    }

    /// <summary>What is not stored yet; <see cref="HasStored"/> tells that it is.</summary>
    public GroupProgress Progress()
    {
        lock (guard)
        {
            return new GroupProgress(
                [.. windows.Where(window => window.Checkpoint != window.StoredCheckpoint)
                    .Select(window => new ShardPosition(window.ShardId, window.Checkpoint))],
                [.. aside.Finished]);
        }
    }

    public void HasStored(GroupProgress progress)
    {
        lock (guard)
        {
            foreach (var checkpoint in progress.Checkpoints)
                windows.Single(window => window.ShardId == checkpoint.ShardId).StoredCheckpoint = checkpoint.SequenceNumber;
            aside.HasForgotten(progress.FinishedAside.Count);
        }
    }

    public void Dispose() => retries.Dispose();

    private PartitionQueue TakenOut(PartitionQueue queue)
    {
        queue.Enter(PartitionState.Out, timeProvider.GetUtcNow());
        return queue;
    }

    private void CancelWaiting(LinkedListNode<TaskCompletionSource<PartitionQueue>> place, CancellationToken cancellationToken)
    {
        lock (guard)
        {
            if (ready.StopWaiting(place))
                place.Value.SetCanceled(cancellationToken);
        }
    }

    private void Restore(SetAsideKey key, ShardWindow window)
    {
        var queue = aside.Restore(key, window);
        queues.Add(key.PartitionKey, queue);
        GoOn(queue);
    }

    private void Add(ShardWindow window, StoredRecord record, List<WindowEntry> arrivals)
    {
        if (!queues.TryGetValue(record.PartitionKey, out var queue))
            queues.Add(record.PartitionKey, queue = new PartitionQueue(record.PartitionKey, window));

        var entry = window.Add(record, queue);
        if (!queue.IsSetAside)
        {
            queue.Entries.Enqueue(entry);
            if (queue.State == PartitionState.Idle)
                GoOn(queue);
        }
        else if (SetAsideKeys.Arrive(entry))
        {
            arrivals.Add(entry);
        }
    }

    private void GoOn(PartitionQueue queue)
    {
        queue.Enter(queue.HasRecords ? PartitionState.Ready : PartitionState.Idle, timeProvider.GetUtcNow());
        if (queue.HasRecords)
            ready.Add(queue);
        else if (queue.IsUnused && queues.Remove(queue.PartitionKey))
            aside.Forget(queue);
    }

    private void PutOff(PartitionQueue queue, TimeSpan delay)
    {
        var now = timeProvider.GetUtcNow();
        queue.Enter(PartitionState.BackingOff, now);
        ready.Return(queue);
        retries.Add(queue, now + delay);
        queue.Window.SignalChange();
    }

    private void RetryDueKeys()
    {
        lock (guard)
        {
            foreach (var queue in retries.TakeDue())
                GoOn(queue);
        }
    }
}
