using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Directories;

/// <summary>
/// A node of the trie, <c>ids-&lt;digits&gt;</c>: a leaf <c>{tx, entries: {id: folded name or null}}</c> (no document: an empty
/// one), or <c>{tx, split: true}</c> once its entries live in its four children. Splits are never undone.
/// </summary>
internal sealed record DirectoryNode(string Prefix, string? Etag, bool IsSplit, IReadOnlyDictionary<string, string?> Entries)
{
    /// <summary>
    /// Size of a leaf's document above which it is split, in bytes. Each mutation reads its leaf and each create rewrites it, which costs
    /// by size (DynamoDB bills it so); a page of a listing reads the more leaves the smaller they are.
    /// </summary>
    public const int SplitBytes = 4_000;

    private static readonly Dictionary<string, string?> NoEntries = [];
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string KeyOf(string prefix) => $"ids-{prefix}";

    /// <exception cref="JsonException">The document is not a node.</exception>
    public static DirectoryNode Read(string prefix, StateEntry entry)
    {
        if (!entry.Exists)
            return new DirectoryNode(prefix, null, false, NoEntries);
        var entries = new Dictionary<string, string?>(StringComparer.Ordinal);
        var isSplit = false;
        var reader = new Utf8JsonReader(entry.Value.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isEntries = reader.ValueTextEquals("entries"u8);
            isSplit |= reader.ValueTextEquals("split"u8);
            reader.Read();
            if (isEntries)
                ReadEntries(ref reader, entries);
            else
                reader.Skip();
        }

        return new DirectoryNode(prefix, entry.Etag, isSplit, entries);
    }

    public DirectoryNode With(string id, string? foldedName) =>
        this with { Entries = new Dictionary<string, string?>(Entries, StringComparer.Ordinal) { [id] = foldedName } };

    public DirectoryNode Without(string id)
    {
        var entries = new Dictionary<string, string?>(Entries, StringComparer.Ordinal);
        entries.Remove(id);
        return this with { Entries = entries };
    }

    public StateWrite Write(string tx) => new(KeyOf(Prefix), Document(tx, Entries), Etag);

    /// <summary>The one transaction that moves a leaf's entries into its four children.</summary>
    public IReadOnlyList<StateWrite> Split(string tx)
    {
        var children = Enumerable.Range(0, 4).Select(digit => $"{Prefix}{digit}").ToDictionary(
            prefix => prefix, _ => new Dictionary<string, string?>(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var (id, name) in Entries)
            children[HashPath.Of(id).Prefix(Prefix.Length + 1)].Add(id, name);
        return
        [
            new StateWrite(KeyOf(Prefix), SplitDocument(tx), Etag),
            .. children.Select(child => new StateWrite(KeyOf(child.Key), Document(tx, child.Value), null)),
        ];
    }

    private static void ReadEntries(ref Utf8JsonReader reader, Dictionary<string, string?> entries)
    {
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var id = reader.GetString()!;
            reader.Read();
            entries[id] = reader.GetString();
        }
    }

    private static ReadOnlyMemory<byte> Document(string tx, IReadOnlyDictionary<string, string?> entries)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer, Compact);
        writer.WriteStartObject();
        writer.WriteString("tx"u8, tx);
        writer.WriteStartObject("entries"u8);
        foreach (var (id, name) in entries)
            writer.WriteString(id, name);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> SplitDocument(string tx)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using var writer = new Utf8JsonWriter(buffer, Compact);
        writer.WriteStartObject();
        writer.WriteString("tx"u8, tx);
        writer.WriteBoolean("split"u8, true);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
