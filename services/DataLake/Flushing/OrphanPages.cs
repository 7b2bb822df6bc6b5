using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Options;

namespace CloudNative.DataLake;

/// <summary>
/// Looks after what other processes left behind: pages and a plan that have not changed for a while. Being wrong about a process
/// that is only slow costs nothing, since every step is taken under the etag that was seen.
/// </summary>
internal sealed class OrphanPages(IStateStore store, PagePool pool, Flush flush, IOptions<LakeOptions> options, TimeProvider time)
{
    private const int KeysPerCall = 128;
    private readonly Dictionary<string, (string Etag, long Since)> seen = [];

    /// <summary>Refreshes the pool's idea of what is empty, takes over an abandoned plan, and names the abandoned pages, sealed now, oldest first.</summary>
    public async ValueTask<IReadOnlyList<SealedPage>> LookAsync(CancellationToken cancellationToken)
    {
        await TakeOverPlanAsync(cancellationToken);
        var others = pool.Keys.Where(key => !pool.IsMine(key)).ToList();
        var entries = new List<StateEntry>();
        foreach (var keys in others.Chunk(KeysPerCall))
            entries.AddRange((await store.GetManyAsync(keys, cancellationToken)).Values);

        var filled = entries.Select(entry => (Entry: entry, Page: BufferPage.Read(entry.Value))).ToLookup(e => e.Page is not null);
        pool.SetFree(filled[false].Select(e => e.Entry.Key));
        var abandoned = new List<(PageRef Ref, BufferPage Page)>();
        foreach (var (entry, page) in filled[true].Where(e => IsAbandoned(e.Entry)).OrderBy(e => e.Page!.Opened))
        {
            if (page!.Sealed || await TrySealAsync(entry, page, cancellationToken))
                abandoned.Add((new PageRef(entry.Key, page.Id), page));
        }

        return [.. abandoned.Select(a => new SealedPage(a.Ref, a.Page.Count, a.Page.Text.Length, time.GetTimestamp()))];
    }

    private async ValueTask TakeOverPlanAsync(CancellationToken cancellationToken)
    {
        var entry = await store.GetAsync(FlushPlan.Key, cancellationToken);
        if (FlushPlan.Read(entry) is { } plan && IsAbandoned(entry))
            await flush.ExecuteAsync(plan, cancellationToken);
    }

    private async ValueTask<bool> TrySealAsync(StateEntry entry, BufferPage page, CancellationToken cancellationToken)
    {
        try
        {
            await store.TransactAsync([new StateWrite(entry.Key, (page with { Sealed = true }).ToDocument(), entry.Etag)], cancellationToken);
            return true;
        }
        catch (StateStoreException)
        {
            // Its owner lives, or the store is in trouble: the next look tells.
            return false;
        }
    }

    private bool IsAbandoned(StateEntry entry)
    {
        if (seen.TryGetValue(entry.Key, out var before) && before.Etag == entry.Etag)
            return time.GetElapsedTime(before.Since) >= options.Value.OrphanAge;
        seen[entry.Key] = (entry.Etag!, time.GetTimestamp());
        return false;
    }
}
