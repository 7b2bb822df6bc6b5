using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Outbox;

/// <summary>
/// The outbox as a mutation sees it: take a slot, write the event's record under the slot's etag in the entity's own
/// transaction, then hand the event over for publishing or give the slot back.
/// </summary>
internal sealed class EventOutbox(IStateStore store, SlotPool pool, EventQueue queue) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <exception cref="OperationCanceledException">No slot became free before the token was cancelled: the stream is away or slow.</exception>
    public ValueTask<OutboxSlot> TakeAsync(CancellationToken cancellationToken) => pool.TakeAsync(cancellationToken);

    /// <summary>Whether the slot's content is published for certain, so that it may be written over under its etag.</summary>
    public static bool IsWritable(OutboxSlot slot, StateEntry entry) => slot.MayBeOverwritten(OutboxRecord.Read(entry));

    /// <summary>
    /// The slot's content as it is now, where it may be written over; null where somebody's record stands in it. A bulk read
    /// may be old, so only a strong one condemns the slot.
    /// </summary>
    public async ValueTask<StateEntry?> RecheckAsync(OutboxSlot slot, CancellationToken cancellationToken)
    {
        var entry = await store.GetAsync(slot.Key, cancellationToken);
        return IsWritable(slot, entry) ? entry : null;
    }

    /// <summary>The transaction is committed: publishes in the background, then the slot is free.</summary>
    public void Committed(OutboxSlot slot, string tx, OutgoingEvent outgoing) => queue.Enqueue(
        outgoing,
        () =>
        {
            slot.Acknowledged = tx;
            pool.Return(slot);
        },
        _stopping.Token);

    /// <summary>Nothing of this process's stands in the slot, nor ever will.</summary>
    public void Unused(OutboxSlot slot) => pool.Return(slot);

    /// <summary>A record that is not known to be published stands in the slot, or may yet.</summary>
    public void SetAside(OutboxSlot slot) => pool.SetAside(slot);

    /// <summary>Completes when every event handed over is published.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) => queue.DrainAsync(cancellationToken);

    /// <summary>Ends publishing; what is left stands in its slots.</summary>
    public Task StopAsync() => _stopping.CancelAsync();

    public void Dispose() => _stopping.Dispose();
}
