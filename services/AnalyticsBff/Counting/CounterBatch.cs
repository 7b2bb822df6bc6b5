using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Options;

namespace CloudNative.AnalyticsBff;

/// <summary>
/// Counts a batch into one view, in one transaction: a marker per event (first-write) and each counter under its etag. So an event is
/// counted exactly when its marker exists, whoever wrote it and whatever became of the answer.
/// </summary>
internal sealed class CounterBatch(
    IStateStore store, ViewSet views, Enrolment enrolment, RawEvents raw, IOptions<AnalyticsOptions> options, TimeProvider time)
{
    private const int AttemptsTogether = 2;
    private const int AttemptsAlone = 4;

    /// <summary>The events that are not known to be counted; null where the views are no longer those the caller knew.</summary>
    /// <exception cref="StateStoreException">The store cannot be read.</exception>
    public async ValueTask<IReadOnlyList<PendingEvent>?> CountAsync(
        ViewTarget target, string? viewsEtag, IReadOnlyList<PendingEvent> events, CancellationToken cancellationToken)
    {
        var view = views.Get(target.Id);
        var left = events.DistinctBy(pending => pending.Increment.Marker).ToList();
        for (var attempt = 1; attempt <= AttemptsTogether && left.Count > 0; attempt++)
        {
            if (await TryAsync(view, target, viewsEtag, left, attempt > 1, cancellationToken) is not { } remaining)
                return null;
            left = remaining;
        }

        // One of them may be what keeps the others out.
        var failed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var counter in left.GroupBy(pending => view.CounterKey(pending.Increment)).ToList())
        {
            if (await CountAloneAsync(view, target, viewsEtag, [.. counter], cancellationToken) is not { } remaining)
                return null;
            failed.UnionWith(remaining.Select(pending => pending.Increment.Marker));
        }

        return [.. events.Where(pending => failed.Contains(pending.Increment.Marker))];
    }

    private async ValueTask<List<PendingEvent>?> CountAloneAsync(
        View view, ViewTarget target, string? viewsEtag, List<PendingEvent> ofCounter, CancellationToken cancellationToken)
    {
        List<PendingEvent>? left = ofCounter;
        for (var attempt = 1; attempt <= AttemptsAlone && left is { Count: > 0 }; attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 20 * attempt)), time, cancellationToken);
            left = await TryAsync(view, target, viewsEtag, left, true, cancellationToken);
        }

        return left;
    }

    private async ValueTask<List<PendingEvent>?> TryAsync(
        View view, ViewTarget target, string? viewsEtag, List<PendingEvent> events, bool strongly, CancellationToken cancellationToken)
    {
        var keys = events.Select(pending => view.MarkerKey(pending.Increment))
            .Concat(events.Select(pending => view.CounterKey(pending.Increment)))
            .Concat(target.KeepsRaw && strongly ? events.Select(pending => RawEvents.KeyOf(pending.Document.Id)) : [])
            .Append(ViewCatalogue.Key);
        var seen = strongly ? await ReadStronglyAsync(keys, cancellationToken) : await store.GetManyAsync([.. keys], cancellationToken);
        if (seen[ViewCatalogue.Key].Etag != viewsEtag)
            return null;
        var left = events.Where(pending => !seen[view.MarkerKey(pending.Increment)].Exists).ToList();
        if (left.Count == 0)
            return left;
        await EnrolAsync(view, left.Where(pending => !seen[view.CounterKey(pending.Increment)].Exists), cancellationToken);
        try
        {
            await store.TransactAsync(Writes(view, target, left, seen), cancellationToken);
            return [];
        }
        catch (StateStoreException)
        {
            // Nothing is proved: the markers tell.
            return left;
        }
    }

    private List<StateWrite> Writes(View view, ViewTarget target, List<PendingEvent> events, IReadOnlyDictionary<string, StateEntry> seen)
    {
        var writes = new List<StateWrite>(events.Count * 3);
        foreach (var ofCounter in events.GroupBy(pending => view.CounterKey(pending.Increment)))
        {
            var totals = Totals.Read(seen[ofCounter.Key]);
            foreach (var pending in ofCounter)
                totals.Add(pending.Increment, options.Value.MaxTypes);
            writes.Add(new StateWrite(ofCounter.Key, totals.ToDocument(), seen[ofCounter.Key].Etag));
        }

        foreach (var pending in events)
        {
            writes.Add(new StateWrite(view.MarkerKey(pending.Increment), "1"u8.ToArray(), null, options.Value.MarkerTimeToLive));
            if (target.KeepsRaw && pending.Increment.Amount > 0 && raw.Write(pending.Document, seen) is { } keep)
                writes.Add(keep);
        }

        return writes;
    }

    private async ValueTask EnrolAsync(View view, IEnumerable<PendingEvent> withoutCounter, CancellationToken cancellationToken)
    {
        var users = withoutCounter.Select(pending => (pending.Increment.User, pending.Increment.Month)).Distinct();
        await Task.WhenAll(users.Select(u => enrolment.EnrolAsync(view, u.User, u.Month, cancellationToken).AsTask()));
    }

    private async ValueTask<IReadOnlyDictionary<string, StateEntry>> ReadStronglyAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        var reads = keys.Distinct(StringComparer.Ordinal).Select(key => store.GetAsync(key, cancellationToken).AsTask());
        return (await Task.WhenAll(reads)).ToDictionary(entry => entry.Key, StringComparer.Ordinal);
    }
}
