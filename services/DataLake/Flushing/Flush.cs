using CloudNative.BuildingBlocks.Buckets;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.DataLake;

internal enum FlushOutcome
{
    /// <summary>The pages are in the bucket, listed and cleared, by this process or by one that took the plan over.</summary>
    Done,

    /// <summary>Another flush is under way; these pages have to wait.</summary>
    Busy,
}

/// <summary>
/// Brings sealed pages into the bucket: the plan, then the objects, then in one transaction their entries in the hours' documents
/// and the clearing of pages and plan. A crash anywhere leaves the plan, and whoever finds it does the same again.
/// </summary>
internal sealed class Flush(IStateStore store, IBucket bucket, HourIndex hours, PagePool pool)
{
    private const int CommitAttempts = 8;

    // With the pages of a plan this stays below the 100 operations a transaction of DynamoDB may have.
    private const int HoursPerTransaction = 20;

    // The plan this process wrote and did not see the end of.
    private string? unfinished;

    /// <exception cref="StateStoreException">The index is away; the plan stands and goes on later.</exception>
    public async ValueTask<FlushOutcome> RunAsync(IReadOnlyList<PageRef> pages, CancellationToken cancellationToken)
    {
        var entry = await store.GetAsync(FlushPlan.Key, cancellationToken);
        if (FlushPlan.Read(entry) is { } standing)
        {
            if (standing.Id != unfinished)
                return FlushOutcome.Busy;
            await ExecuteAsync(standing, cancellationToken);
            entry = await store.GetAsync(FlushPlan.Key, cancellationToken);
        }

        var plan = new FlushPlan(Guid.NewGuid().ToString("N"), pages);
        if (!await TryWriteAsync(plan, entry.Etag, cancellationToken))
            return FlushOutcome.Busy;
        await ExecuteAsync(plan, cancellationToken);
        return FlushOutcome.Done;
    }

    /// <summary>Carries a plan out, for the first time or once more.</summary>
    public async ValueTask ExecuteAsync(FlushPlan plan, CancellationToken cancellationToken)
    {
        var entries = await store.GetAllStronglyAsync(plan.Pages!.Select(page => page.Key), cancellationToken);
        // Only while the plan still stands were all its pages read before they were cleared; half of them would spoil the objects.
        if (FlushPlan.Read(await store.GetAsync(FlushPlan.Key, cancellationToken))?.Id == plan.Id)
            await WriteAndCommitAsync(plan, entries, cancellationToken);
        if (unfinished == plan.Id)
            unfinished = null;
        foreach (var page in plan.Pages!)
            pool.AddFree(page.Key);
    }

    private async ValueTask<bool> TryWriteAsync(FlushPlan plan, string? etag, CancellationToken cancellationToken)
    {
        unfinished = plan.Id;
        try
        {
            await store.TransactAsync([plan.ToWrite(etag)], cancellationToken);
            return true;
        }
        catch (StateStoreException)
        {
            // Nothing is proved: what stands there tells.
            return FlushPlan.Read(await store.GetAsync(FlushPlan.Key, cancellationToken))?.Id == plan.Id;
        }
    }

    private async ValueTask WriteAndCommitAsync(FlushPlan plan, IReadOnlyDictionary<string, StateEntry> entries, CancellationToken cancellationToken)
    {
        // A page with another filling was flushed by an earlier plan.
        var pages = plan.Pages!
            .Select(page => (Ref: page, Entry: entries[page.Key], Page: BufferPage.Read(entries[page.Key].Value)))
            .Where(page => page.Page?.Id == page.Ref.PageId)
            .ToList();
        var objects = HourlyObjects.Of(plan.Id!, pages.Select(page => page.Page!));
        foreach (var lakeObject in objects)
            await bucket.PutAsync(lakeObject.Hour.ObjectPath(lakeObject.Entry.Name), lakeObject.Content, cancellationToken);
        await hours.CatalogueAsync(objects.Select(o => o.Hour), cancellationToken);

        var listings = objects.Select(o => (o.Hour, o.Entry)).Chunk(HoursPerTransaction).ToList();
        // Usually there is one listing. The first of many may show an event twice for a moment; reading sees to that.
        foreach (var listing in listings.SkipLast(1))
            await CommitAsync(plan, listing, null, cancellationToken);
        var clear = pages.Select(page => new StateWrite(page.Ref.Key, BufferPage.Cleared, page.Entry.Etag)).ToList();
        await CommitAsync(plan, listings.LastOrDefault() ?? [], clear, cancellationToken);
    }

    /// <param name="clear">What ends the plan along with it; null while there is more to list.</param>
    private async ValueTask CommitAsync(
        FlushPlan plan, IReadOnlyCollection<(LakeHour Hour, LakeObject Entry)> listing, IReadOnlyList<StateWrite>? clear, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var entry = await store.GetAsync(FlushPlan.Key, cancellationToken);
            if (FlushPlan.Read(entry)?.Id != plan.Id)
                return;
            var writes = (await hours.ListObjectsAsync(listing, cancellationToken)).Concat(clear ?? []).ToList();
            if (clear is not null)
                writes.Add(new StateWrite(FlushPlan.Key, FlushPlan.Cleared, entry.Etag));
            if (writes.Count == 0)
                return;
            try
            {
                await store.TransactAsync(writes, cancellationToken);
                return;
            }
            catch (StateStoreException) when (attempt < CommitAttempts)
            {
                // Another replica listed an object of this hour, or the answer was lost: the plan tells whether it is done.
            }
        }
    }
}
