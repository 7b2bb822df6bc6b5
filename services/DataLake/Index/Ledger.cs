using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.DataLake;

/// <summary>
/// An append-only list in state whose appends cost the same however long it grows: the head document holds the newest items, and
/// full heads are set aside as parts that never change again.
/// </summary>
internal sealed record Ledger<T>(
    [property: JsonPropertyName("closed")] int ClosedParts,
    [property: JsonPropertyName("items")] IReadOnlyList<T> Items)
{
    /// <summary>Items of each part, exactly, unless its ledger has a size of its own.</summary>
    public const int PartSize = 256;

    public static Ledger<T> Empty { get; } = new(0, []);

    public static Ledger<T> Read(StateEntry entry, JsonTypeInfo<Ledger<T>> json) =>
        entry.Exists && entry.Value.Length > 0 ? JsonSerializer.Deserialize(entry.Value.Span, json) ?? Empty : Empty;

    /// <summary>The writes that append items to the ledger whose head was read as <paramref name="head"/>; none where all are in it already.</summary>
    public static IReadOnlyList<StateWrite> Append(StateEntry head, IReadOnlyCollection<T> items, JsonTypeInfo<Ledger<T>> json, int partSize = PartSize)
    {
        var ledger = Read(head, json);
        var added = items.Where(item => !ledger.Items.Contains(item)).ToList();
        if (added.Count == 0)
            return [];
        var writes = new List<StateWrite>();
        IReadOnlyList<T> all = [.. ledger.Items, .. added];
        while (all.Count > partSize)
        {
            ledger = ledger with { Items = [.. all.Take(partSize)] };
            writes.Add(new StateWrite(PartKey(head.Key, ledger.ClosedParts), Bytes(ledger, json), null));
            all = [.. all.Skip(partSize)];
            ledger = new Ledger<T>(ledger.ClosedParts + 1, []);
        }

        writes.Add(new StateWrite(head.Key, Bytes(ledger with { Items = all }, json), head.Etag));
        return writes;
    }

    public static string PartKey(string headKey, int part) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{headKey}.{part}");

    private static ReadOnlyMemory<byte> Bytes(Ledger<T> ledger, JsonTypeInfo<Ledger<T>> json) => JsonSerializer.SerializeToUtf8Bytes(ledger, json);
}
