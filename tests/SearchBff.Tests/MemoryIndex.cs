using CloudNative.BuildingBlocks.Hosting;
using CloudNative.SearchBff.Indexing;

namespace CloudNative.SearchBff.Tests;

/// <summary>An index in memory with external versions, whose every search finds everything. It can be away, and can refuse a document.</summary>
internal sealed class MemoryIndex : ISearchIndex
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, IndexEntry> entries = new(StringComparer.Ordinal);

    public bool IsAway { get; set; }

    /// <summary>The id that is never taken.</summary>
    public string? Refused { get; set; }

    /// <summary>Called after each write with the keys of all live entries.</summary>
    public Action<IReadOnlyCollection<string>> Written { get; set; } = _ => { };

    /// <summary>Called before each call; may throw.</summary>
    public Action Called { get; set; } = () => { };

    public IReadOnlyList<IndexEntry> Live
    {
        get
        {
            lock (gate)
                return [.. entries.Values.Where(entry => entry.DeletedAt is null).OrderBy(entry => entry.Id, StringComparer.Ordinal)];
        }
    }

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => AnswerAsync();

    public async ValueTask<IReadOnlyList<IndexResult>> WriteAsync(IReadOnlyList<IndexEntry> written, CancellationToken cancellationToken)
    {
        await AnswerAsync();
        lock (gate)
        {
            foreach (var entry in written.Where(entry => entry.Id != Refused))
            {
                if (!entries.TryGetValue(entry.Key, out var present) || present.Version < entry.Version)
                    entries[entry.Key] = entry;
            }
        }

        Written([.. Live.Select(entry => entry.Key)]);
        return [.. written.Select(entry => entry.Id == Refused ? new IndexResult(IndexVerdict.Refused, "strict_dynamic_mapping_exception") : IndexResult.Done)];
    }

    public ValueTask RefreshAsync(CancellationToken cancellationToken) => AnswerAsync();

    public async ValueTask<FoundPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        await AnswerAsync();
        return new FoundPage([.. Live.Take(request.Limit).Select(entry => new FoundThing(entry.Id, entry.Name, entry.Description, 1))], null);
    }

    public ValueTask PurgeAsync(DateTimeOffset deletedBefore, CancellationToken cancellationToken) => AnswerAsync();

    public ValueTask<string?> BuildingAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    public ValueTask<string> BeginBuildingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<long> CountMissingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask SwitchAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    private async ValueTask AnswerAsync()
    {
        await Task.Yield();
        Called();
        if (IsAway)
            throw new DependencyUnavailableException("The engine is away.");
    }
}
