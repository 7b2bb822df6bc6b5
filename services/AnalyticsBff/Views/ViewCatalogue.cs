using System.Text.Json;
using System.Text.Json.Serialization;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.AnalyticsBff;

/// <summary>Which view answers, and which one is being built beside it; null for none.</summary>
internal sealed record Views(
    [property: JsonPropertyName("live")] string Live,
    [property: JsonPropertyName("building")] string? Building = null)
{
    public static readonly Views First = new("0");

    [JsonIgnore]
    public IReadOnlyList<ViewTarget> Targets =>
        Building is null ? [new ViewTarget(Live, IsLive: true)] : [new ViewTarget(Live, IsLive: true), new ViewTarget(Building, IsLive: false)];
}

/// <summary>A view to count into.</summary>
internal sealed record ViewTarget(string Id, bool IsLive)
{
    /// <summary>Raw events belong to no view; the live one keeps them.</summary>
    public bool KeepsRaw => IsLive;

    /// <summary>
    /// What a replay brings is for the view being built alone: the live one has counted it, and may have forgotten its marker. A replay
    /// outside of a rebuild therefore changes nothing.
    /// </summary>
    public bool Takes(EventDocument document) => !document.Replayed || !IsLive;
}

internal sealed record KnownViews(Views Views, string? Etag);

/// <summary>
/// The document that says which views there are. Counting goes by what this process knows and reads the document's etag along with the
/// counters, so a change is seen by the next batch everywhere.
/// </summary>
internal sealed class ViewCatalogue(IStateStore store)
{
    public const string Key = "views";
    private KnownViews? known;

    public async ValueTask<KnownViews> KnownAsync(CancellationToken cancellationToken) => known ??= await ReadAsync(cancellationToken);

    public void Forget() => known = null;

    public async ValueTask<KnownViews> ReadAsync(CancellationToken cancellationToken)
    {
        var entry = await store.GetAsync(Key, cancellationToken);
        return new KnownViews(entry.Exists ? JsonSerializer.Deserialize(entry.Value.Span, ViewsJson.Default.Views)! : Views.First, entry.Etag);
    }

    /// <summary>False where somebody else has changed the views since they were read; after any other trouble, read again.</summary>
    public async ValueTask<bool> TryReplaceAsync(KnownViews before, Views after, CancellationToken cancellationToken)
    {
        try
        {
            await store.TransactAsync([new StateWrite(Key, JsonSerializer.SerializeToUtf8Bytes(after, ViewsJson.Default.Views), before.Etag)], cancellationToken);
            return true;
        }
        catch (StateStoreException)
        {
            // Nothing is proved: what stands there tells.
            return (await ReadAsync(cancellationToken)).Views == after;
        }
    }
}

/// <summary>Names in order: the months of a view, the months of a user.</summary>
internal sealed record NameList([property: JsonPropertyName("names")] IReadOnlyList<string> Names)
{
    public static IReadOnlyList<string> Read(StateEntry entry) =>
        entry.Exists ? JsonSerializer.Deserialize(entry.Value.Span, ViewsJson.Default.NameList)!.Names : [];

    public static StateWrite Write(StateEntry before, IEnumerable<string> names) => new(
        before.Key,
        JsonSerializer.SerializeToUtf8Bytes(new NameList([.. names.Order(StringComparer.Ordinal)]), ViewsJson.Default.NameList),
        before.Etag);
}

[JsonSerializable(typeof(Views))]
[JsonSerializable(typeof(NameList))]
internal sealed partial class ViewsJson : JsonSerializerContext;
