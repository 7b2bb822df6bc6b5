using CloudNative.BuildingBlocks.Events;
using Microsoft.Extensions.Logging;

namespace CloudNative.BuildingBlocks.Outbox;

/// <summary>
/// Publishes committed events in the background: one entity's in the order of their commits, different entities in parallel,
/// each until the stream has it (backoff 50 ms to 5 s).
/// </summary>
internal sealed partial class EventQueue(IEventPublisher publisher, TimeProvider time, ILogger<EventQueue> logger)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<QueuedEvent>> _lines = new(StringComparer.Ordinal);
    private readonly List<TaskCompletionSource> _drainers = [];

    /// <summary>Puts an event at the end of its entity's line; <paramref name="published"/> runs once the stream has it.</summary>
    public void Enqueue(OutgoingEvent outgoing, Action published, CancellationToken stopping)
    {
        lock (_gate)
        {
            if (_lines.TryGetValue(outgoing.PartitionKey, out var line))
            {
                line.Enqueue(new QueuedEvent(outgoing, published));
                return;
            }

            _lines.Add(outgoing.PartitionKey, new Queue<QueuedEvent>([new QueuedEvent(outgoing, published)]));
        }

        _ = PublishLineAsync(outgoing.PartitionKey, stopping);
    }

    /// <summary>Completes when nothing is left to publish.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.Count == 0)
                return;
            _drainers.Add(drained);
        }

        await drained.Task.WaitAsync(cancellationToken);
    }

    private async Task PublishLineAsync(string partitionKey, CancellationToken stopping)
    {
        try
        {
            while (Head(partitionKey) is { } head)
            {
                await PublishAsync(head.Outgoing, stopping);
                head.Published();
                RemoveHead(partitionKey);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The record stands in its slot; whoever sweeps next publishes it.
        }
    }

    private async ValueTask PublishAsync(OutgoingEvent outgoing, CancellationToken stopping)
    {
        for (var backoff = FirstBackoff; ; backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, LongestBackoff.Ticks)))
        {
            if (await IsPublishedAsync(outgoing, stopping))
                return;
            await Task.Delay(backoff, time, stopping);
        }
    }

    private async ValueTask<bool> IsPublishedAsync(OutgoingEvent outgoing, CancellationToken stopping)
    {
        try
        {
            await publisher.PublishAsync(outgoing, stopping);
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The edge of the publishing loop: whatever went wrong, a committed event is tried again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogRefused(outgoing.Id, failure.GetType().Name);
            return false;
        }
    }

    private QueuedEvent? Head(string partitionKey)
    {
        lock (_gate)
        {
            if (_lines[partitionKey].TryPeek(out var head))
                return head;
            _lines.Remove(partitionKey);
            if (_lines.Count == 0)
            {
                _drainers.ForEach(static drained => drained.TrySetResult());
                _drainers.Clear();
            }

            return null;
        }
    }

    private void RemoveHead(string partitionKey)
    {
        lock (_gate)
            _lines[partitionKey].Dequeue();
    }

    [LoggerMessage(LogLevel.Warning, "Event {EventId} was not taken by the stream ({Failure}); it is tried again")]
    private partial void LogRefused(string eventId, string failure);

    private sealed record QueuedEvent(OutgoingEvent Outgoing, Action Published);
}
