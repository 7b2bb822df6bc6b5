using CloudNative.BuildingBlocks.State;

namespace CloudNative.SearchBff.Detailing;

/// <summary>The views in the state store.</summary>
internal sealed class ThingViews(IStateStore store)
{
    // Every loss means that somebody else moved the view on, so this many in a row are trouble and not competition.
    private const int Attempts = 8;

    /// <summary>Null where no event ever told of the thing.</summary>
    /// <exception cref="StateStoreException">The store is away.</exception>
    public async ValueTask<ThingView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var entry = await store.GetAsync(StateKeyOf(id), cancellationToken);
        return entry.Exists ? ThingView.Read(entry.Value) : null;
    }

    /// <summary>
    /// Lets the change in and answers the view as it stands then. A write whose answer is lost needs no care: the next look either finds
    /// the change known, or tries again under the etag it sees.
    /// </summary>
    /// <exception cref="StateStoreException">The change is not known to be in.</exception>
    public async ValueTask<ThingView> MergeAsync(ThingChange change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var entry = await store.GetAsync(StateKeyOf(change.Id), cancellationToken);
            var before = entry.Exists ? ThingView.Read(entry.Value) : null;
            var after = ThingView.After(before, change);
            if (after == before)
                return after;
            try
            {
                await store.TransactAsync([new StateWrite(StateKeyOf(change.Id), after.ToJson(), entry.Etag)], cancellationToken);
                return after;
            }
            catch (StateStoreException) when (attempt < Attempts)
            {
                // A conflict, or nothing known: the next look tells.
            }
        }
    }

    private static string StateKeyOf(string id) => $"thing-{ThingKey.Of(id)}";
}
