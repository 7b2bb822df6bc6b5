namespace CloudNative.BuildingBlocks.State;

/// <summary>
/// A part of a state store for itself: every key begins with <paramref name="prefix"/>, which nobody outside sees or needs to know. Documents
/// of several parts share a transaction once <see cref="Whole"/> has given them the keys of the whole store.
/// </summary>
public sealed class PrefixedStateStore(IStateStore store, string prefix) : IStateStore
{
    public async ValueTask<StateEntry> GetAsync(string key, CancellationToken cancellationToken) =>
        await store.GetAsync(prefix + key, cancellationToken) with { Key = key };

    public async ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var entries = await store.GetManyAsync([.. keys.Select(key => prefix + key)], cancellationToken);
        return entries.Values.Select(entry => entry with { Key = entry.Key[prefix.Length..] }).ToDictionary(entry => entry.Key, StringComparer.Ordinal);
    }

    public ValueTask TransactAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken) =>
        store.TransactAsync([.. writes.Select(Whole)], cancellationToken);

    /// <summary>The same write with its key in the whole store.</summary>
    public StateWrite Whole(StateWrite write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return write with { Key = prefix + write.Key };
    }
}
