using System.Text.Json;
using System.Text.Json.Serialization;
using CloudNative.BuildingBlocks.Events;

namespace CloudNative.SearchBff.Detailing;

/// <summary>
/// What this service knows of a thing, state <c>thing-&lt;key&gt;</c>: the newest event it was told of and what followed. It alone decides
/// which of two events wins; bucket and index are made after it. Deleted things stay, so a late event cannot bring one back.
/// </summary>
/// <param name="Revision">Grows with every accepted event, also where events carry no version: the external version in the index.</param>
internal sealed record ThingView(string Id, long Version, long Timestamp, string EventId, long Revision, ThingDetail? Detail)
{
    // Revisions of versioned events lie above any time in ms (year 9999: below 2^48), and below 2^53, where JSON numbers end to be exact.
    private const long Versioned = 1L << 50;
    private const long MaxVersion = (1L << 53) - Versioned - 1;

    [JsonIgnore]
    public bool IsDeleted => Detail is null;

    [JsonIgnore]
    public EventOrder Order => new(Version, Timestamp, EventId);

    /// <summary>The view after a change; the same view where the change is known already or older.</summary>
    public static ThingView After(ThingView? view, ThingChange change)
    {
        if (view is not null && change.Order <= view.Order)
            return view;
        var revision = Math.Max(RevisionOf(change.Order), view is null ? 0 : view.Revision + 1);
        return new ThingView(change.Id, change.Order.Version, change.Order.Timestamp, change.Order.Id, revision, change.Detail);
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CompactJson.View);

    public static ThingView Read(ReadOnlyMemory<byte> json) =>
        JsonSerializer.Deserialize(json.Span, CompactJson.View) ?? throw new JsonException("The view is empty.");

    /// <summary>
    /// Follows from the event alone, so whoever starts again from nothing comes to the same number; only events without version in the same
    /// millisecond need the view before.
    /// </summary>
    private static long RevisionOf(EventOrder order) =>
        order.Version > 0 ? Versioned + Math.Min(order.Version, MaxVersion) : Math.Max(order.Timestamp, 0);
}
