using Lucene.Net.Index;
using Lucene.Net.Search;

namespace CloudNative.SearchBff.Embedded;

/// <summary>The version each entry of an index has, by its key.</summary>
internal sealed class VersionLookup(IndexReader index)
{
    private readonly (AtomicReader Segment, NumericDocValues Versions)[] segments =
        [.. index.Leaves.Select(leaf => (leaf.AtomicReader, leaf.AtomicReader.GetNumericDocValues(ThingFields.Version)))];

    public long? Find(string key)
    {
        var term = new Term(ThingFields.Key, key);
        foreach (var (segment, versions) in segments)
        {
            // The postings know of no deletions; a document replaced is still among them.
            if (segment.GetTermDocsEnum(term) is not { } documents)
                continue;
            for (var document = documents.NextDoc(); document != DocIdSetIterator.NO_MORE_DOCS; document = documents.NextDoc())
            {
                if (segment.LiveDocs?.Get(document) ?? true)
                    return versions.Get(document);
            }
        }

        return null;
    }

    public static IEnumerable<(string Key, long Version)> All(IndexReader index)
    {
        foreach (var leaf in index.Leaves)
        {
            var segment = leaf.AtomicReader;
            var versions = segment.GetNumericDocValues(ThingFields.Version);
            for (var document = 0; document < segment.MaxDoc; document++)
            {
                if (segment.LiveDocs?.Get(document) ?? true)
                    yield return (segment.Document(document, KeyOnly).Get(ThingFields.Key), versions.Get(document));
            }
        }
    }

    private static readonly HashSet<string> KeyOnly = [ThingFields.Key];
}
