using System.Collections.Concurrent;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Directories;

/// <summary>
/// The ids of a service's entities, which Dapr cannot list: a trie of leaves over a hash of the id. An entity's entry is written
/// in the entity's own transaction, so the two never disagree and there is nothing to heal.
/// </summary>
internal sealed class KeyDirectory(IStateStore store, Settlement settlement)
{
    private readonly KeyedLock _leaves = new();
    private readonly ConcurrentDictionary<string, bool> _splits = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _writes = new(StringComparer.Ordinal);

    /// <summary>The leaf that holds a position, as far as this process knows; and how often it wrote that leaf, to tell an old read.</summary>
    public LeafView Locate(HashPath path)
    {
        var prefix = Descend(path);
        return new LeafView(prefix, _writes.GetValueOrDefault(prefix));
    }

    /// <summary>The first leaf at or below a node, as far as this process knows.</summary>
    public string FirstLeaf(string prefix)
    {
        while (_splits.ContainsKey(prefix))
            prefix += '0';
        return prefix;
    }

    /// <summary>Keeps in mind that a node is split, for ever.</summary>
    public void SawSplit(string prefix) => _splits.TryAdd(prefix, true);

    /// <summary>
    /// Prepares the write that sets (or with <paramref name="isListed"/> false removes) an id's entry, and holds the leaf's lock until the
    /// edit is disposed of. <paramref name="seen"/> is used instead of a read of its own where nobody here has written the leaf since.
    /// </summary>
    /// <exception cref="StateStoreException">The leaf could not be read.</exception>
    public async ValueTask<LeafEdit> EditAsync(
        HashPath path, string? foldedName, bool isListed, LeafSighting? seen, string tx, CancellationToken cancellationToken)
    {
        while (true)
        {
            var prefix = Locate(path).Prefix;
            var lease = await _leaves.AcquireAsync(prefix, cancellationToken);
            var edit = default(LeafEdit);
            try
            {
                edit = await TryEditAsync(prefix, path, foldedName, isListed, seen, tx, lease, cancellationToken);
                if (edit is not null)
                    return edit;
            }
            finally
            {
                if (edit is null)
                    lease.Dispose();
            }

            seen = null;
        }
    }

    private async ValueTask<LeafEdit?> TryEditAsync(
        string prefix, HashPath path, string? foldedName, bool isListed, LeafSighting? seen, string tx, KeyedLock.Lease lease, CancellationToken cancellationToken)
    {
        if (_splits.ContainsKey(prefix))
            return null;
        var entry = seen is not null && seen.View == new LeafView(prefix, _writes.GetValueOrDefault(prefix))
            ? seen.Entry
            : await store.GetAsync(DirectoryNode.KeyOf(prefix), cancellationToken);
        var node = DirectoryNode.Read(prefix, entry);
        if (node.IsSplit)
        {
            SawSplit(prefix);
            return null;
        }

        var write = (isListed ? node.With(path.Id, foldedName) : node.Without(path.Id)).Write(tx);
        if (!isListed || write.Value.Length <= DirectoryNode.SplitBytes || node.Entries.Count < 2)
            return new LeafEdit(write, lease, () => _writes.AddOrUpdate(prefix, 1, static (_, count) => count + 1));
        await SplitAsync(node, cancellationToken);
        return null;
    }

    private async ValueTask SplitAsync(DirectoryNode node, CancellationToken cancellationToken)
    {
        var tx = Guid.NewGuid().ToString("N");

        // However it ended: the leaf has changed for this process's readers, and the next look shows what it is now.
        if (await settlement.SettleAsync(tx, node.Split(tx), cancellationToken) is Settled.Committed)
            SawSplit(node.Prefix);
        _writes.AddOrUpdate(node.Prefix, 1, static (_, count) => count + 1);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private string Descend(HashPath path)
    {
        for (var depth = HashPath.RootDigits; ; depth++)
        {
            var prefix = path.Prefix(depth);
            if (!_splits.ContainsKey(prefix))
                return prefix;
        }
    }
}

/// <summary>A leaf and how many writes of this process it had seen.</summary>
internal sealed record LeafView(string Prefix, long Writes)
{
    public string Key => DirectoryNode.KeyOf(Prefix);
}

/// <summary>A leaf as read while <paramref name="View"/> held.</summary>
internal sealed record LeafSighting(LeafView View, StateEntry Entry);

/// <summary>A leaf's next content; its lock is held until this is disposed of.</summary>
internal sealed class LeafEdit(StateWrite write, KeyedLock.Lease lease, Action written) : IDisposable
{
    public StateWrite Write => write;

    public void Dispose()
    {
        // Whether it landed or not, what was read before is not to be relied on.
        written();
        lease.Dispose();
    }
}
