using System.Text.Json;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Outbox;

/// <summary>Clears this process's own published records out of idle slots, so that no sweep publishes old events again.</summary>
internal sealed class OutboxFlush(IStateStore store, SlotPool pool)
{
    /// <exception cref="StateStoreException">The slots could not be read; they are as they were.</exception>
    public async ValueTask RunAsync(TimeSpan idle, CancellationToken cancellationToken)
    {
        foreach (var slots in pool.TakeAcknowledged(idle).Chunk(16))
        {
            try
            {
                var entries = await store.GetManyAsync([.. slots.Select(slot => slot.Key)], cancellationToken);
                await Task.WhenAll(slots.Select(slot => ClearAsync(slot, entries[slot.Key], cancellationToken)));
            }
            finally
            {
                foreach (var slot in slots)
                    pool.Return(slot);
            }
        }
    }

    private async Task ClearAsync(OutboxSlot slot, StateEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            if (OutboxRecord.Read(entry).Tx == slot.Acknowledged)
                await store.TransactAsync([new StateWrite(slot.Key, OutboxRecord.ClearDocument, entry.Etag)], cancellationToken);
            slot.Acknowledged = null;
        }
        catch (Exception failure) when (failure is StateStoreException or JsonException)
        {
            // Still acknowledged: the slot may be written over as before, and the next flush tries again.
        }
    }
}
