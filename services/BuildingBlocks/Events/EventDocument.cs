using System.Text.Json;

namespace CloudNative.BuildingBlocks.Events;

/// <summary>
/// An event as a listener sees it. <paramref name="Json"/> is the whole document: the text of the CloudEvent's <c>data</c> as it was
/// delivered, with nothing but missing members filled in. <paramref name="Timestamp"/> is ms since 1970; <paramref name="Version"/>
/// counts an entity's changes from 1, null where the event carries none.
/// </summary>
public sealed record EventDocument(string Id, string Type, long Timestamp, string PartitionKey, long? Version, ReadOnlyMemory<byte> Json)
{
    /// <summary>The event comes from a replay: handle it, but cause nothing outside (no webhook, no issue).</summary>
    public bool Replayed { get; init; }

    /// <summary>The only app this delivery is meant for, null for all. The listener has skipped what is meant for others.</summary>
    public string? ReplayTo { get; init; }

    /// <summary>How often the event was resubmitted after a fault, 0 for a first delivery.</summary>
    public int Resubmitted { get; init; }

    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(Timestamp);

    public EventOrder Order => new(Version ?? 0, Timestamp, Id);

    /// <summary>The event's tags: text as it is, any other value as its JSON text. Empty where the document has no such object.</summary>
    public IReadOnlyDictionary<string, string> ReadTags()
    {
        using var document = JsonDocument.Parse(Json);
        if (!document.RootElement.TryGetProperty("tags", out var tags) || tags.ValueKind != JsonValueKind.Object)
            return new Dictionary<string, string>();
        var read = new Dictionary<string, string>();
        foreach (var tag in tags.EnumerateObject())
            read[tag.Name] = tag.Value.ValueKind == JsonValueKind.String ? tag.Value.GetString()! : tag.Value.GetRawText();
        return read;
    }
}

/// <summary>
/// Which of two events of one entity is newer: by version (0 where there is none, so an event without a version never wins once
/// a versioned one was seen), then by timestamp, then by id.
/// </summary>
public readonly record struct EventOrder(long Version, long Timestamp, string Id) : IComparable<EventOrder>
{
    public int CompareTo(EventOrder other)
    {
        var byVersion = Version.CompareTo(other.Version);
        if (byVersion != 0)
            return byVersion;
        var byTime = Timestamp.CompareTo(other.Timestamp);
        return byTime != 0 ? byTime : string.CompareOrdinal(Id, other.Id);
    }

    public static bool operator <(EventOrder left, EventOrder right) => left.CompareTo(right) < 0;

    public static bool operator >(EventOrder left, EventOrder right) => left.CompareTo(right) > 0;

    public static bool operator <=(EventOrder left, EventOrder right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EventOrder left, EventOrder right) => left.CompareTo(right) >= 0;
}
