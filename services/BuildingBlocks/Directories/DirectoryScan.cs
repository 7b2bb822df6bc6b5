using System.Runtime.CompilerServices;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Directories;

/// <summary>
/// Walks the directory from a position on. Up to the first leaf every read is strong; then leaves are read ahead in waves of
/// 2, 4 .. 128 per call, so that a filter which finds little costs few calls and a page reads few leaves too many.
/// </summary>
internal sealed class DirectoryScan(IStateStore store, KeyDirectory directory)
{
    // Leaves of 4 KB: 128 of them are half a MB, an eighth of what one answer may hold.
    private const int WidestWave = 128;

    /// <summary>The entries whose name matches, in the order of (hash, id), after <paramref name="after"/> or from the start.</summary>
    /// <exception cref="StateStoreException">A node could not be read.</exception>
    public async IAsyncEnumerable<HashPath> EntriesAsync(
        HashPath? after, string? foldedFilter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ahead = new LinkedList<Ahead>();
        ahead.AddLast(Unread(after is null ? "00" : directory.Locate(after).Prefix));
        for (var wave = 1; ahead.First is not null;)
        {
            await ReadAheadAsync(ahead, wave, after, cancellationToken);
            while (ahead.First?.Value.Leaf is { } leaf)
            {
                foreach (var path in Matching(leaf, after, foldedFilter))
                    yield return path;
                Lengthen(ahead, 2);
                ahead.RemoveFirst();
                wave = Math.Max(wave, 2);
            }

            wave = wave == 1 ? 1 : Math.Min(wave * 2, WidestWave);
        }
    }

    private async ValueTask ReadAheadAsync(LinkedList<Ahead> ahead, int wave, HashPath? after, CancellationToken cancellationToken)
    {
        var unread = FirstUnread(ahead, wave);
        if (wave == 1)
        {
            See(ahead, unread[0], await store.GetAsync(unread[0].Value.Key, cancellationToken), after);
            return;
        }

        var entries = await store.GetManyAsync([.. unread.Select(node => node.Value.Key)], cancellationToken);
        foreach (var node in unread)
            See(ahead, node, entries[node.Value.Key], after);
    }

    private List<LinkedListNode<Ahead>> FirstUnread(LinkedList<Ahead> ahead, int count)
    {
        Lengthen(ahead, count);
        var unread = new List<LinkedListNode<Ahead>>(count);
        for (var node = ahead.First; node is not null && unread.Count < count; node = node.Next)
        {
            if (node.Value.Leaf is null)
                unread.Add(node);
        }

        return unread;
    }

    /// <summary>Makes the list at least <paramref name="count"/> long, as far as the directory goes.</summary>
    private void Lengthen(LinkedList<Ahead> ahead, int count)
    {
        while (ahead.Count < count && HashPath.After(ahead.Last!.Value.Prefix) is { } next)
            ahead.AddLast(Unread(next));
    }

    private Ahead Unread(string prefix) => new(directory.FirstLeaf(prefix), null);

    private void See(LinkedList<Ahead> ahead, LinkedListNode<Ahead> place, StateEntry entry, HashPath? after)
    {
        var node = DirectoryNode.Read(place.Value.Prefix, entry);
        if (!node.IsSplit)
        {
            place.Value = place.Value with { Leaf = node };
            return;
        }

        directory.SawSplit(node.Prefix);
        for (var digit = '3'; digit >= '0'; digit--)
        {
            var child = $"{node.Prefix}{digit}";
            if (after is null || string.CompareOrdinal(child, after.Prefix(child.Length)) >= 0)
                ahead.AddAfter(place, new Ahead(child, null));
        }

        ahead.Remove(place);
    }

    private static IEnumerable<HashPath> Matching(DirectoryNode leaf, HashPath? after, string? foldedFilter) => leaf.Entries
        .Where(entry => NameFilter.Matches(entry.Value, foldedFilter))
        .Select(entry => HashPath.Of(entry.Key))
        .Where(path => path.IsAfter(after))
        .Order();

    /// <summary>A node to come: <paramref name="Leaf"/> once it was read and found to be one.</summary>
    private sealed record Ahead(string Prefix, DirectoryNode? Leaf)
    {
        public string Key => DirectoryNode.KeyOf(Prefix);
    }
}
