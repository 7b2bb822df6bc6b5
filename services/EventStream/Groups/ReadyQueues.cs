namespace CloudNative.EventStream.Groups;

/// <summary>
/// Keys ready for a stream, longest waiting first, and streams waiting for a key. Keys whose oldest record failed before hold at
/// most half of the streams, and alternate with the others, so that slow failures leave room for their neighbours.
/// Guarded by the lock of its <see cref="ConsumerGroup"/>.
/// </summary>
internal sealed class ReadyQueues
{
    private readonly Queue<PartitionQueue> fresh = new();
    private readonly Queue<PartitionQueue> retries = new();
    private readonly LinkedList<TaskCompletionSource<PartitionQueue>> waiting = new();
    private readonly HashSet<PartitionQueue> retriesOut = [];
    private bool lastWasRetry;

    /// <summary>Streams open at the moment.</summary>
    public int Streams { get; set; }

    public void Add(PartitionQueue queue)
    {
        (queue.FailedAttempts > 0 ? retries : fresh).Enqueue(queue);
        Dispatch();
    }

    /// <summary>A stream is done with the key, whatever the outcome.</summary>
    public void Return(PartitionQueue queue)
    {
        if (retriesOut.Remove(queue))
            Dispatch();
    }

    public PartitionQueue? TryTake()
    {
        var retryAllowed = retries.Count > 0 && retriesOut.Count < Math.Max(1, Streams / 2);
        lastWasRetry = retryAllowed && (fresh.Count == 0 || !lastWasRetry);
        if (!lastWasRetry)
            return fresh.TryDequeue(out var first) ? first : null;

        var retry = retries.Dequeue();
        retriesOut.Add(retry);
        return retry;
    }

    public LinkedListNode<TaskCompletionSource<PartitionQueue>> Wait() =>
        waiting.AddLast(new TaskCompletionSource<PartitionQueue>(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Gives the place up; false if a key was assigned to it already.</summary>
    public bool StopWaiting(LinkedListNode<TaskCompletionSource<PartitionQueue>> place)
    {
        if (place.List is null)
            return false;

        waiting.Remove(place);
        return true;
    }

    private void Dispatch()
    {
        while (waiting.First is { } next && TryTake() is { } queue)
        {
            waiting.RemoveFirst();
            next.Value.SetResult(queue);
        }
    }
}
