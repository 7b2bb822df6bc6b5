using System.Text.Json;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Logging;

namespace CloudNative.BuildingBlocks.Outbox;

/// <summary>
/// Publishes whatever has stood in a slot for too long, whoever wrote it, and clears the slot under the etag of what was published.
/// This is restart, takeover and repair in one; publishing somebody's record a second time is harmless (same id).
/// </summary>
internal sealed partial class OutboxSweep(IStateStore store, IEventPublisher publisher, SlotPool pool, TimeProvider time, ILogger<OutboxSweep> logger)
{
    // Sixteen records of at most 60 KB stay well inside the 4 MiB of one answer.
    private const int SlotsPerCall = 16;

    private readonly Dictionary<int, Sighting> _sightings = [];

    /// <summary>Publishes the records seen unchanged for <paramref name="age"/> by this process's own clock; zero for all at once.</summary>
    /// <exception cref="StateStoreException">The slots could not be read.</exception>
    public async ValueTask RunAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        var due = new List<DueRecord>();
        foreach (var slots in pool.Slots.Chunk(SlotsPerCall))
        {
            var entries = await store.GetManyAsync([.. slots.Select(slot => slot.Key)], cancellationToken);
            foreach (var slot in slots)
            {
                if (Inspect(slot, entries[slot.Key], age) is { } record)
                    due.Add(record);
            }
        }

        foreach (var entity in due.GroupBy(record => record.Outgoing.PartitionKey, StringComparer.Ordinal))
            await PublishAsync(entity.OrderBy(record => record.Version), cancellationToken);
    }

    private DueRecord? Inspect(OutboxSlot slot, StateEntry entry, TimeSpan age)
    {
        if (Read(slot, entry) is not { } record || record.IsClear || slot.Owns(record))
        {
            _sightings.Remove(slot.Index);
            return null;
        }

        if (!_sightings.TryGetValue(slot.Index, out var sighting) || sighting.Etag != entry.Etag)
            _sightings[slot.Index] = sighting = new Sighting(entry.Etag!, time.GetTimestamp());
        return time.GetElapsedTime(sighting.Since) >= age ? Due(slot, entry, record) : null;
    }

    private OutboxRecord? Read(OutboxSlot slot, StateEntry entry)
    {
        try
        {
            var record = OutboxRecord.Read(entry);
            if (record.IsClear)
                pool.SeenClear(slot);
            return record;
        }
        catch (JsonException)
        {
            LogUnreadable(slot.Index);
            return null;
        }
    }

    private DueRecord? Due(OutboxSlot slot, StateEntry entry, OutboxRecord record)
    {
        try
        {
            return new DueRecord(slot, entry.Etag!, record.ToOutgoing(), record.Version());
        }
        catch (JsonException)
        {
            LogUnreadable(slot.Index);
            return null;
        }
    }

    private async ValueTask PublishAsync(IEnumerable<DueRecord> inOrder, CancellationToken cancellationToken)
    {
        foreach (var record in inOrder)
        {
            try
            {
                await PublishAsync(record, cancellationToken);
            }
            catch (Exception failure) when (failure is StateStoreException or EventPublishException)
            {
                // What follows of this entity waits for it; other entities go on.
                LogLeft(record.Outgoing.Id, failure.GetType().Name);
                return;
            }
        }
    }

    private async ValueTask PublishAsync(DueRecord record, CancellationToken cancellationToken)
    {
        // Bulk reads may be old: an event cleared long ago need not be published once more.
        var current = await store.GetAsync(record.Slot.Key, cancellationToken);
        if (current.Etag != record.Etag)
            return;
        await publisher.PublishAsync(record.Outgoing, cancellationToken);
        LogTakenOver(record.Outgoing.Id, record.Slot.Index);
        await store.TransactAsync([new StateWrite(record.Slot.Key, OutboxRecord.ClearDocument, record.Etag)], cancellationToken);
        _sightings.Remove(record.Slot.Index);
        pool.SeenClear(record.Slot);
    }

    [LoggerMessage(LogLevel.Information, "Published event {EventId}, left behind in outbox slot {Slot}")]
    private partial void LogTakenOver(string eventId, int slot);

    [LoggerMessage(LogLevel.Warning, "Event {EventId} stays in the outbox for now ({Failure})")]
    private partial void LogLeft(string eventId, string failure);

    [LoggerMessage(LogLevel.Error, "Outbox slot {Slot} holds a document that is not ours; it is left alone")]
    private partial void LogUnreadable(int slot);

    private sealed record Sighting(string Etag, long Since);

    private sealed record DueRecord(OutboxSlot Slot, string Etag, OutgoingEvent Outgoing, long Version);
}
