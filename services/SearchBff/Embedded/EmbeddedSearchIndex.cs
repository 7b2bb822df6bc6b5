using System.Globalization;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.SearchBff.Indexing;
using Lucene.Net.Search;
using Lucene.Net.Store;
using Lucene.Net.Util;
using Microsoft.Extensions.Options;

namespace CloudNative.SearchBff.Embedded;

/// <summary>
/// Lucene inside this process, on this machine's disk. Durable when a write returns, and visible at once; one process at a time. It splits,
/// finds and ranks as OpenSearch does.
/// </summary>
internal sealed class EmbeddedSearchIndex(IOptions<EmbeddedIndexOptions> options, IHostEnvironment environment) : ISearchIndex, IDisposable
{
    private static readonly Sort BestFirst = new(SortField.FIELD_SCORE, new SortField(ThingFields.Id, SortFieldType.STRING));
    private static readonly ThingsAnalyzer Analyzer = new();
    private readonly GenerationFolder folder = new(Path.GetFullPath(options.Value.Folder, environment.ContentRootPath));
    private readonly System.Threading.Lock opening = new();
    private volatile IndexGeneration? current;
    private volatile IndexGeneration? building;

    public ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        Current();
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<IndexResult>> WriteAsync(IReadOnlyList<IndexEntry> entries, CancellationToken cancellationToken)
    {
        lock (opening)
        {
            Current().Write(entries);
            building?.Write(entries);
            current?.ForgetViews(options.Value.ViewAge);
        }

        return ValueTask.FromResult<IReadOnlyList<IndexResult>>([.. entries.Select(_ => IndexResult.Done)]);
    }

    // Every write is visible when it returns.
    public ValueTask RefreshAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<FoundPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        if (new SearchBoxParser(Analyzer).ParseText(request.Text) is not { } wanted)
            return ValueTask.FromResult(new FoundPage([], null));
        var live = new BooleanQuery { { wanted, Occur.MUST }, { new TermQuery(ThingFields.Tombstone), Occur.MUST_NOT } };
        while (true)
        {
            var generation = Current();
            try
            {
                return ValueTask.FromResult(generation.Search(ViewOf(request.After, generation), searcher => Page(searcher, live, request, generation)));
            }
            catch (ObjectDisposedException) when (generation != current && current is not null)
            {
                // A switch came between; the new index is there by now.
            }
        }
    }

    public ValueTask PurgeAsync(DateTimeOffset deletedBefore, CancellationToken cancellationToken)
    {
        lock (opening)
            Current().Purge(deletedBefore.ToUnixTimeMilliseconds());
        return ValueTask.CompletedTask;
    }

    public ValueTask<string?> BuildingAsync(CancellationToken cancellationToken)
    {
        Current();
        return ValueTask.FromResult(building?.Name);
    }

    public ValueTask<string> BeginBuildingAsync(CancellationToken cancellationToken)
    {
        lock (opening)
        {
            Current();
            building ??= new IndexGeneration(folder.Next(), folder.Root);
            return ValueTask.FromResult(building.Name);
        }
    }

    public ValueTask<long> CountMissingAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(building is { } next ? Current().CountMissingIn(next) : 0);

    public ValueTask SwitchAsync(CancellationToken cancellationToken)
    {
        lock (opening)
        {
            if (building is not { } next)
                return ValueTask.CompletedTask;
            var old = Current();
            folder.MakeCurrent(next.Name);
            (current, building) = (next, null);
            old.Dispose();
            folder.DeleteOld();
        }

        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        lock (opening)
        {
            current?.Dispose();
            building?.Dispose();
        }
    }

    /// <exception cref="DependencyUnavailableException">Another process has the index open.</exception>
    private IndexGeneration Current()
    {
        if (current is { } open)
            return open;
        lock (opening)
        {
            if (current is { } meanwhile)
                return meanwhile;
            try
            {
                folder.DeleteOld();
                building = folder.Building is { } unfinished ? new IndexGeneration(unfinished, folder.Root) : null;
                return current = new IndexGeneration(folder.Current, folder.Root);
            }
            catch (Exception failure) when (failure is LockObtainFailedException or IOException or UnauthorizedAccessException)
            {
                building?.Dispose();
                building = null;
                throw new DependencyUnavailableException("The index cannot be opened.", failure);
            }
        }
    }

    private static FoundPage Page(IndexSearcher searcher, BooleanQuery query, SearchRequest request, IndexGeneration generation)
    {
        var after = request.After is { } position
            ? new FieldDoc(int.MaxValue, (float)position.Score, [(J2N.Numerics.Single)(float)position.Score, new BytesRef(position.Id)])
            : null;
        var found = searcher.SearchAfter(after, query, null, request.Limit + 1, BestFirst, doDocScores: true, doMaxScore: false).ScoreDocs;
        var things = found.Take(request.Limit).Select(hit => Thing(searcher, hit)).ToList();
        return found.Length <= request.Limit
            ? new FoundPage(things, null)
            : new FoundPage(things, new SearchPosition(things[^1].Score, things[^1].Id, ViewName(generation, generation.KeepView(searcher))));
    }

    private static FoundThing Thing(IndexSearcher searcher, ScoreDoc hit)
    {
        var document = searcher.Doc(hit.Doc);
        return new FoundThing(document.Get(ThingFields.Id), document.Get(ThingFields.Name), document.Get(ThingFields.Description), hit.Score);
    }

    private static string ViewName(IndexGeneration generation, long number) => string.Create(CultureInfo.InvariantCulture, $"{generation.Name}.{number}");

    private static long? ViewOf(SearchPosition? after, IndexGeneration generation) =>
        after?.View is { } view && view.StartsWith($"{generation.Name}.", StringComparison.Ordinal)
        && long.TryParse(view.AsSpan(generation.Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
