namespace CloudNative.AnalyticsBff;

/// <summary>Brings a batch into each view that wants it: the live one, and the one being built beside it.</summary>
internal sealed class ViewWriter(ViewCatalogue catalogue, CounterBatch counters)
{
    private const int Attempts = 3;

    /// <summary>Completes each event that is counted, and fails the others so that they are delivered again.</summary>
    public async ValueTask CountAsync(IReadOnlyList<PendingEvent> batch, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (await TryCountAsync(batch, await ViewsForAsync(batch, cancellationToken), cancellationToken))
                return;
            catalogue.Forget();
        }

        foreach (var pending in batch)
            pending.Fail();
    }

    // An event that no known view wants may be for one this process has not heard of: only a fresh look may pass it over.
    private async ValueTask<KnownViews> ViewsForAsync(IReadOnlyList<PendingEvent> batch, CancellationToken cancellationToken)
    {
        var known = await catalogue.KnownAsync(cancellationToken);
        if (batch.All(pending => known.Views.Targets.Any(target => target.Takes(pending.Document))))
            return known;
        catalogue.Forget();
        return await catalogue.KnownAsync(cancellationToken);
    }

    /// <summary>False where the views have changed meanwhile; whatever was counted already is counted once all the same.</summary>
    private async ValueTask<bool> TryCountAsync(IReadOnlyList<PendingEvent> batch, KnownViews known, CancellationToken cancellationToken)
    {
        var failed = new HashSet<PendingEvent>();
        foreach (var target in known.Views.Targets)
        {
            var events = batch.Where(pending => target.Takes(pending.Document)).ToList();
            if (events.Count == 0)
                continue;
            if (await counters.CountAsync(target, known.Etag, events, cancellationToken) is not { } left)
                return false;
            failed.UnionWith(left);
        }

        foreach (var pending in batch)
        {
            if (failed.Contains(pending))
                pending.Fail();
            else
                pending.Complete();
        }

        return true;
    }
}
