using CloudNative.SearchBff.Embedded;
using CloudNative.SearchBff.Indexing;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CloudNative.SearchBff.Tests.Embedded;

/// <summary>An embedded index in a folder of its own, which another can open after it.</summary>
internal sealed class AnEmbeddedIndex : IDisposable
{
    private EmbeddedSearchIndex index;

    public AnEmbeddedIndex() => index = Open();

    public string Folder { get; } = Directory.CreateTempSubdirectory("index-").FullName;

    public ISearchIndex Index => index;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static IndexEntry Entry(string id, long version, string? name, string? description = null) => new(ThingKey.Of(id), id, version, name, description, null);

    public static IndexEntry Tombstone(string id, long version, long deletedAt = 1) => new(ThingKey.Of(id), id, version, null, null, deletedAt);

    public EmbeddedSearchIndex Open() => new(Options.Create(new EmbeddedIndexOptions { Folder = Folder }), new Environment(Folder));

    public void Reopen()
    {
        index.Dispose();
        index = Open();
    }

    public async Task WriteAsync(params IReadOnlyList<IndexEntry> entries) =>
        (await index.WriteAsync(entries, Token)).ShouldAllBe(result => result.Verdict == IndexVerdict.Done);

    /// <summary>The ids a search finds, in order, page by page.</summary>
    public async Task<IReadOnlyList<string>> IdsAsync(string text, int limit = 100)
    {
        var ids = new List<string>();
        for (SearchPosition? after = null; ;)
        {
            var page = await index.SearchAsync(new SearchRequest(text, limit, after), Token);
            ids.AddRange(page.Things.Select(thing => thing.Id));
            if ((after = page.Next) is null)
                return ids;
        }
    }

    public void Dispose()
    {
        index.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private sealed class Environment(string root) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Test";

        public string ApplicationName { get; set; } = "search-bff";

        public string ContentRootPath { get; set; } = root;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
