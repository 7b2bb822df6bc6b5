using CloudNative.SearchBff.Indexing;
using Lucene.Net.Index;
using Lucene.Net.Search;
using Lucene.Net.Store;
using Directory = Lucene.Net.Store.Directory;

namespace CloudNative.SearchBff.Embedded;

/// <summary>One index on disk: its writer, and the newest state for searching. Writing is for one caller at a time, searching for any.</summary>
internal sealed class IndexGeneration : IDisposable
{
    private readonly Directory directory;
    private readonly IndexWriter writer;
    private readonly SearcherManager searchers;
    private readonly SearcherLifetimeManager views = new();

    /// <exception cref="LockObtainFailedException">Another process has it open.</exception>
    public IndexGeneration(string name, string folder)
    {
        Name = name;
        Folder = Path.Combine(folder, name);
        directory = FSDirectory.Open(Folder);
        try
        {
            writer = new IndexWriter(directory, new IndexWriterConfig(ThingsAnalyzer.Version, new ThingsAnalyzer())
            {
                OpenMode = OpenMode.CREATE_OR_APPEND,
                Similarity = new RecentBm25Similarity(),
            });
            // There from now on, so that whoever finds the folder finds an index.
            writer.Commit();
            searchers = new SearcherManager(writer, applyAllDeletes: true, new Searchers());
        }
        catch
        {
            writer?.Dispose(waitForMerges: false);
            directory.Dispose();
            throw;
        }
    }

    public string Name { get; }

    public string Folder { get; }

    /// <summary>Adds what is newer than what is there, makes it durable, and shows it to searches.</summary>
    public void Write(IReadOnlyList<IndexEntry> entries)
    {
        var searcher = searchers.Acquire();
        try
        {
            var versions = new VersionLookup(searcher.IndexReader);
            // Of several entries of one thing only the newest matters.
            foreach (var entry in entries.GroupBy(entry => entry.Key, StringComparer.Ordinal).Select(thing => thing.MaxBy(entry => entry.Version)!))
            {
                if (versions.Find(entry.Key) is not { } present || present < entry.Version)
                    writer.UpdateDocument(new Term(ThingFields.Key, entry.Key), ThingFields.Of(entry));
            }
        }
        finally
        {
            searchers.Release(searcher);
        }

        writer.Commit();
        searchers.MaybeRefreshBlocking();
    }

    public void Purge(long deletedBefore)
    {
        writer.DeleteDocuments(NumericRangeQuery.NewInt64Range(ThingFields.DeletedAt, null, deletedBefore, minInclusive: true, maxInclusive: false));
        writer.Commit();
        searchers.MaybeRefreshBlocking();
    }

    /// <summary>Runs a search on the kept view of that number, or on the newest state where there is none (any more).</summary>
    public T Search<T>(long? view, Func<IndexSearcher, T> search)
    {
        if (view is { } number && views.Acquire(number) is { } kept)
        {
            try
            {
                return search(kept);
            }
            finally
            {
                views.Release(kept);
            }
        }

        var searcher = searchers.Acquire();
        try
        {
            return search(searcher);
        }
        finally
        {
            searchers.Release(searcher);
        }
    }

    /// <summary>Keeps the state of the index that this search saw; <see cref="ForgetViews"/> lets it go.</summary>
    public long KeepView(IndexSearcher searcher) => views.Record(searcher);

    public void ForgetViews(TimeSpan age) => views.Prune(new SearcherLifetimeManager.PruneByAge(age.TotalSeconds));

    /// <summary>How many of this index's entries the other one lacks, or has in an older version.</summary>
    public long CountMissingIn(IndexGeneration other) => other.Search(null, inOther =>
    {
        var versions = new VersionLookup(inOther.IndexReader);
        return Search(null, own => VersionLookup.All(own.IndexReader).LongCount(entry => versions.Find(entry.Key) is not { } present || present < entry.Version));
    });

    public void Dispose()
    {
        views.Dispose();
        searchers.Dispose();
        writer.Dispose(waitForMerges: false);
        directory.Dispose();
    }

    private sealed class Searchers : SearcherFactory
    {
        private readonly RecentBm25Similarity similarity = new();

        public override IndexSearcher NewSearcher(IndexReader reader) => new(reader) { Similarity = similarity };
    }
}
