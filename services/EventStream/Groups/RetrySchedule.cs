namespace CloudNative.EventStream.Groups;

/// <summary>Keys in backoff, and one timer for the earliest of them. Guarded by the lock of its <see cref="ConsumerGroup"/>.</summary>
internal sealed class RetrySchedule : IDisposable
{
    private readonly PriorityQueue<PartitionQueue, DateTimeOffset> due = new();
    private readonly TimeProvider timeProvider;
    private readonly ITimer timer;

    public RetrySchedule(TimeProvider timeProvider, Action onDue)
    {
        this.timeProvider = timeProvider;
        timer = timeProvider.CreateTimer(_ => onDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(PartitionQueue queue, DateTimeOffset at)
    {
        due.Enqueue(queue, at);
        if (ReferenceEquals(due.Peek(), queue))
            SetTimer();
    }

    public IReadOnlyList<PartitionQueue> TakeDue()
    {
        var now = timeProvider.GetUtcNow();
        var queues = new List<PartitionQueue>();
        while (due.TryPeek(out _, out var at) && at <= now)
            queues.Add(due.Dequeue());
        SetTimer();
        return queues;
    }

    public void Dispose() => timer.Dispose();

    private void SetTimer()
    {
        if (!due.TryPeek(out _, out var at))
            return;

        // Timers count whole milliseconds: rounded up, so that the key is due when it fires.
        var wait = Math.Ceiling((at - timeProvider.GetUtcNow()).TotalMilliseconds);
        timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, wait)), Timeout.InfiniteTimeSpan);
    }
}
