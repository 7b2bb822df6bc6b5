using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.AnalyticsBff;

/// <summary>An event on its way into the counters; its delivery waits until it is there.</summary>
internal sealed class PendingEvent(EventDocument document, Increment increment)
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EventDocument Document { get; } = document;

    public Increment Increment { get; } = increment;

    /// <summary>Completes when the event is counted durably.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => done.Task.WaitAsync(cancellationToken);

    public void Complete() => done.TrySetResult();

    public void Fail(Exception? cause = null) => done.TrySetException(new StateStoreException("The event is not known to be counted.", cause));
}
