using CloudNative.BuildingBlocks.Hosting;

namespace CloudNative.SearchBff.Indexing;

/// <summary>
/// The search engine. Entries are written under external versions: one that is not newer than what the index has changes nothing and
/// counts as success, so writing again is always harmless.
/// </summary>
/// <remarks>Every method ends with <see cref="DependencyUnavailableException"/> where the engine is away.</remarks>
internal interface ISearchIndex
{
    /// <summary>Makes the index where there is none. Called before anything else, again after a failure, and by every replica.</summary>
    ValueTask PrepareAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes entries durably, into the index searched and, while one is being built, into that one too. The answer has one result for
    /// each entry, in their order.
    /// </summary>
    ValueTask<IReadOnlyList<IndexResult>> WriteAsync(IReadOnlyList<IndexEntry> entries, CancellationToken cancellationToken);

    /// <summary>Returns when every search from now on sees what was written before.</summary>
    ValueTask RefreshAsync(CancellationToken cancellationToken);

    /// <summary>Finds live things by score, the best first, equal ones by id.</summary>
    ValueTask<FoundPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken);

    /// <summary>Removes tombstones of things deleted before that time.</summary>
    ValueTask PurgeAsync(DateTimeOffset deletedBefore, CancellationToken cancellationToken);

    /// <summary>The name of the index that is being built beside the one searched, null where none is.</summary>
    ValueTask<string?> BuildingAsync(CancellationToken cancellationToken);

    /// <summary>Starts a new, empty index that takes all writes from now on beside the one searched; the same again while one is being built.</summary>
    ValueTask<string> BeginBuildingAsync(CancellationToken cancellationToken);

    /// <summary>How many entries of the index searched the new one lacks, or has in an older version.</summary>
    ValueTask<long> CountMissingAsync(CancellationToken cancellationToken);

    /// <summary>From now on searches go to the new index; the old one is dropped. All at once, so that no search sees neither.</summary>
    ValueTask SwitchAsync(CancellationToken cancellationToken);
}

/// <summary>
/// What the index is to hold of a thing. <paramref name="Key"/> names the document, <paramref name="Version"/> grows with every change;
/// a deleted thing (<paramref name="DeletedAt"/>, ms since 1970) is a tombstone without text, which outlives the engine's own.
/// </summary>
internal sealed record IndexEntry(string Key, string Id, long Version, string? Name, string? Description, long? DeletedAt);

/// <summary>How the write of one entry ended.</summary>
internal enum IndexVerdict
{
    /// <summary>Written, or something newer is there already.</summary>
    Done,

    /// <summary>Not now: the engine is busy or away.</summary>
    TryAgain,

    /// <summary>Never: the engine does not take this document.</summary>
    Refused,
}

/// <summary>The reason is the engine's word for what is wrong and quotes no content; null where nothing is.</summary>
internal sealed record IndexResult(IndexVerdict Verdict, string? Reason)
{
    public static IndexResult Done { get; } = new(IndexVerdict.Done, null);
}

/// <summary>
/// What to search: text in the search box's syntax, not empty. <paramref name="After"/>: go on behind that place, null to begin.
/// </summary>
internal sealed record SearchRequest(string Text, int Limit, SearchPosition? After);

/// <summary>A place in an order of hits. <paramref name="View"/> names the state of the index that is paged through, where the engine keeps it.</summary>
internal sealed record SearchPosition(double Score, string Id, string? View);

internal sealed record FoundThing(string Id, string? Name, string? Description, double Score);

/// <summary><paramref name="Next"/> is null exactly when nothing follows.</summary>
internal sealed record FoundPage(IReadOnlyList<FoundThing> Things, SearchPosition? Next);
