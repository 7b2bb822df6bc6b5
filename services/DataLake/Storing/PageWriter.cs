using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Options;

namespace CloudNative.DataLake;

/// <summary>
/// Stores a batch of events in one transaction: a marker per event (first-write) and the open page under its etag. So an event is
/// stored exactly when its marker exists, whoever wrote it and whatever became of the answer.
/// </summary>
internal sealed class PageWriter(IStateStore store, OpenPage open, FaultIndex faults, IOptions<LakeOptions> options)
{
    private const int AttemptsTogether = 3;
    private const int AttemptsAlone = 3;

    /// <summary>Completes each event that is stored, and fails the others so that they are delivered again.</summary>
    public async ValueTask StoreAsync(IReadOnlyList<PendingEvent> batch, CancellationToken cancellationToken)
    {
        var remaining = await TryTogetherAsync(OncePerId(batch), AttemptsTogether, cancellationToken);
        if (remaining.Count <= 1)
        {
            FailAll(remaining);
            return;
        }

        // One of them may be what keeps the others out: an expired marker, say, that the store has not purged yet.
        foreach (var single in remaining)
            FailAll(await TryTogetherAsync([single], AttemptsAlone, cancellationToken));
    }

    /// <summary>Seals the open page, so that it can be flushed. Nothing to do where it is empty.</summary>
    public async ValueTask SealAsync(CancellationToken cancellationToken)
    {
        if (!open.HasEvents)
            return;
        var page = await open.GetAsync(cancellationToken);
        if (page.Count == 0)
            return;
        var next = page with { Sealed = true };
        await store.TransactAsync([open.Write(next)], cancellationToken);
        open.Written(next, 0);
    }

    private async ValueTask<IReadOnlyList<PendingEvent>> TryTogetherAsync(
        IReadOnlyList<PendingEvent> events, int attempts, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= attempts && events.Count > 0; attempt++)
        {
            if (await TryOnceAsync(events, cancellationToken))
                return [];
            events = await NotStoredAsync(events, cancellationToken);
            await open.RefreshAsync(cancellationToken);
        }

        return events;
    }

    private async ValueTask<bool> TryOnceAsync(IReadOnlyList<PendingEvent> events, CancellationToken cancellationToken)
    {
        var page = await open.GetAsync(cancellationToken);
        var next = page.Append([.. events.Select(e => e.Line)]);
        if (next.Text.Length >= options.Value.PageBytes)
            next = next with { Sealed = true };
        var writes = events.Select(e => PendingEvent.Marker(e.Id, options.Value.MarkerTimeToLive)).Append(open.Write(next)).ToList();
        writes.AddRange(await faults.ListAsync([.. events.Where(e => e.IsFault)], cancellationToken));
        try
        {
            await store.TransactAsync(writes, cancellationToken);
        }
        catch (StateStoreException)
        {
            // Nothing is proved: the markers tell.
            return false;
        }

        open.Written(next, events.Count);
        CompleteAll(events);
        return true;
    }

    private async ValueTask<IReadOnlyList<PendingEvent>> NotStoredAsync(IReadOnlyList<PendingEvent> events, CancellationToken cancellationToken)
    {
        var markers = await store.GetAllStronglyAsync(events.Select(e => e.MarkerKey), cancellationToken);
        CompleteAll(events.Where(e => markers[e.MarkerKey].Exists));
        return [.. events.Where(e => !markers[e.MarkerKey].Exists)];
    }

    // A second delivery of an event in the same batch shares the fate of the first.
    private static IReadOnlyList<PendingEvent> OncePerId(IReadOnlyList<PendingEvent> batch)
    {
        var first = new Dictionary<string, PendingEvent>();
        foreach (var pending in batch.Where(pending => !first.TryAdd(pending.Id, pending)))
            pending.Follow(first[pending.Id]);
        return first.Count == batch.Count ? batch : [.. first.Values];
    }

    private static void CompleteAll(IEnumerable<PendingEvent> events)
    {
        foreach (var pending in events)
            pending.Complete();
    }

    private static void FailAll(IEnumerable<PendingEvent> events)
    {
        foreach (var pending in events)
            pending.Fail(new StateStoreException("The event is not known to be stored."));
    }
}
