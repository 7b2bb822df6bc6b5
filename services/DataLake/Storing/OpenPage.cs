using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Options;

namespace CloudNative.DataLake;

/// <summary>
/// The page this process is filling. Only the writer uses it. A page found with events in it is never gone on with: it may be
/// another's, or one that a flush has in hand.
/// </summary>
internal sealed class OpenPage(IStateStore store, PagePool pool, SealedPages sealedPages, IOptions<LakeOptions> options, TimeProvider time)
{
    private string? key;
    private string? etag;
    private bool isFresh;
    private BufferPage? page;
    private long lastOpened;

    /// <summary>The page to append to, opened where there is none.</summary>
    /// <exception cref="StateStoreException">No page is free, or the store is away.</exception>
    public async ValueTask<BufferPage> GetAsync(CancellationToken cancellationToken)
    {
        if (page is not null && !isFresh)
            await RefreshAsync(cancellationToken);
        while (page is null)
        {
            key = pool.Take() ?? throw new StateStoreException("All buffer pages are full; the flusher is behind.");
            await OpenAsync(key, cancellationToken);
        }

        return page;
    }

    /// <summary>Whether there is anything to seal.</summary>
    public bool HasEvents => page is { Count: > 0 };

    /// <summary>The write that makes <paramref name="next"/> of the page. Whatever becomes of it, what was known is stale then.</summary>
    public StateWrite Write(BufferPage next)
    {
        isFresh = false;
        return new StateWrite(key!, next.ToDocument(), etag);
    }

    /// <summary>The write of <paramref name="next"/> is committed.</summary>
    public void Written(BufferPage next, int appended)
    {
        page = next;
        sealedPages.CountOpen(appended, options.Value.FlushEvents);
        if (next.Sealed)
            HandOver(next);
    }

    /// <summary>Learns the etag, and whether the page is still ours to fill.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        if (page is null)
            return;
        var entry = await store.GetAsync(key!, cancellationToken);
        var found = BufferPage.Read(entry.Value);
        if (found is not null && found.Id == page.Id)
        {
            // More than we know of: a write of ours whose answer was lost.
            sealedPages.CountOpen(found.Count - page.Count, options.Value.FlushEvents);
            (page, etag, isFresh) = (found, entry.Etag, true);
            // Sealed by one who took this process for dead, or by an own write whose answer was lost.
            if (found.Sealed)
                HandOver(found);
        }
        else if (found is null && page.Count == 0)
        {
            (etag, isFresh) = (entry.Etag, true);
        }
        else
        {
            pool.LetGo(key!);
            page = null;
            sealedPages.ForgetOpen();
        }
    }

    private async ValueTask OpenAsync(string opened, CancellationToken cancellationToken)
    {
        var entry = await ReadOrLetGoAsync(opened, cancellationToken);
        if (BufferPage.Read(entry.Value) is not null)
        {
            pool.LetGo(opened);
            return;
        }

        // Later than the one before it, whatever the clock says: their ids are the order in which events arrived.
        lastOpened = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), lastOpened + 1);
        (page, etag, isFresh) = (BufferPage.Open(lastOpened), entry.Etag, true);
    }

    private async ValueTask<StateEntry> ReadOrLetGoAsync(string opened, CancellationToken cancellationToken)
    {
        try
        {
            return await store.GetAsync(opened, cancellationToken);
        }
        catch (StateStoreException)
        {
            pool.AddFree(opened);
            throw;
        }
    }

    private void HandOver(BufferPage full)
    {
        sealedPages.Add(new PageRef(key!, full.Id), full.Count, full.Text.Length);
        page = null;
    }
}
