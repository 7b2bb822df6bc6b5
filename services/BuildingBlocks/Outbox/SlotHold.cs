using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Outbox;

/// <summary>The slot one mutation works with. Disposed of before anything was committed, it goes back as it was.</summary>
internal sealed class SlotHold : IDisposable
{
    private readonly EventOutbox _outbox;
    private OutboxSlot? _slot;

    private SlotHold(EventOutbox outbox, OutboxSlot slot)
    {
        _outbox = outbox;
        _slot = slot;
    }

    public string Key => Slot.Key;

    private OutboxSlot Slot => _slot ?? throw new InvalidOperationException("The slot was given away.");

    /// <exception cref="OperationCanceledException">No slot became free before the token was cancelled: the stream is away or slow.</exception>
    public static async ValueTask<SlotHold> TakeAsync(EventOutbox outbox, CancellationToken cancellationToken) =>
        new(outbox, await outbox.TakeAsync(cancellationToken));

    /// <summary>
    /// The entry under which the slot may be written: the one seen where it will do, else what a strong read says, else that
    /// of another slot. Bulk reads may be old, so only a strong one condemns a slot.
    /// </summary>
    public async ValueTask<StateEntry> WritableAsync(StateEntry seen, CancellationToken cancellationToken)
    {
        if (EventOutbox.IsWritable(Slot, seen))
            return seen;
        while (true)
        {
            if (await _outbox.RecheckAsync(Slot, cancellationToken) is { } current)
                return current;
            SetAside();
            _slot = await _outbox.TakeAsync(cancellationToken);
        }
    }

    /// <summary>The write that puts the event into the slot; from here on the record <paramref name="tx"/> is in this process's hands.</summary>
    public StateWrite Write(StateEntry seen, string tx, OutgoingEvent outgoing)
    {
        Slot.InHand = tx;
        return new StateWrite(Slot.Key, OutboxRecord.Write(tx, outgoing.Document), seen.Etag);
    }

    /// <summary>The transaction is committed: the event is published in the background, then the slot is free.</summary>
    public void Committed(string tx, OutgoingEvent outgoing) => _outbox.Committed(GiveAway(), tx, outgoing);

    /// <summary>A record that is not known to be published stands in the slot, or may yet: the sweep will see to it.</summary>
    public void SetAside() => _outbox.SetAside(GiveAway());

    public void Dispose()
    {
        if (_slot is not null)
            _outbox.Unused(GiveAway());
    }

    private OutboxSlot GiveAway()
    {
        var slot = Slot;
        _slot = null;
        return slot;
    }
}
