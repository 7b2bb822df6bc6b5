using Lucene.Net.Documents;
using Lucene.Net.Index;
using Lucene.Net.Util;

namespace CloudNative.SearchBff.Embedded;

/// <summary>The document of an entry.</summary>
internal static class ThingFields
{
    public const string Key = "key";
    public const string Id = "id";
    public const string Version = "version";
    public const string Name = "name";
    public const string Description = "description";
    public const string DeletedAt = "deletedAt";

    /// <summary>On tombstones only: what a search leaves out.</summary>
    public static Term Tombstone { get; } = new("tombstone", "1");

    public static Document Of(Indexing.IndexEntry entry)
    {
        var document = new Document
        {
            new StringField(Key, entry.Key, Field.Store.YES),
            new StoredField(Id, entry.Id),
            new SortedDocValuesField(Id, new BytesRef(entry.Id)),
            new NumericDocValuesField(Version, entry.Version),
        };
        if (entry.DeletedAt is { } deletedAt)
        {
            document.Add(new Int64Field(DeletedAt, deletedAt, Field.Store.NO));
            document.Add(new StringField(Tombstone.Field, Tombstone.Text, Field.Store.NO));
            return document;
        }

        if (entry.Name is { } name)
            document.Add(new TextField(Name, name, Field.Store.YES));
        if (entry.Description is { } description)
            document.Add(new TextField(Description, description, Field.Store.YES));
        return document;
    }
}
