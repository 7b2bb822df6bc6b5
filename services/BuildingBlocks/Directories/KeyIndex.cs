using System.Runtime.CompilerServices;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Directories;

/// <summary>
/// The key directory for services that keep documents of their own: a list of ids in the order of (hash, id), which Dapr cannot
/// give. An id is added by a write that joins the caller's transaction. One instance per process and store; a store of its own
/// (<see cref="PrefixedStateStore"/>) for each list.
/// </summary>
public sealed class KeyIndex
{
    private readonly KeyDirectory directory;
    private readonly DirectoryScan scan;

    public KeyIndex(IStateStore store, TimeProvider time)
    {
        directory = new KeyDirectory(store, new Settlement(store, time, Random.Shared));
        scan = new DirectoryScan(store, directory);
    }

    /// <summary>
    /// Prepares the write that lists an id; setting one that is listed changes nothing. Dispose of the edit once the transaction has
    /// ended: until then others in this process wait for the same leaf, so hold one edit of an index at a time.
    /// </summary>
    /// <exception cref="StateStoreException">The leaf could not be read.</exception>
    public async ValueTask<KeyIndexEdit> AddAsync(string id, CancellationToken cancellationToken) =>
        new(await directory.EditAsync(HashPath.Of(id), null, true, null, Guid.NewGuid().ToString("N"), cancellationToken));

    /// <summary>The ids after <paramref name="after"/>, which need not be listed, or from the start.</summary>
    /// <exception cref="StateStoreException">A leaf could not be read.</exception>
    public async IAsyncEnumerable<string> IdsAsync(string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var path in scan.EntriesAsync(after is null ? null : HashPath.Of(after), null, cancellationToken))
            yield return path.Id;
    }
}

/// <summary>A leaf's next content, for the caller's transaction.</summary>
public sealed class KeyIndexEdit : IDisposable
{
    private readonly LeafEdit edit;

    internal KeyIndexEdit(LeafEdit edit) => this.edit = edit;

    public StateWrite Write => edit.Write;

    public void Dispose() => edit.Dispose();
}
