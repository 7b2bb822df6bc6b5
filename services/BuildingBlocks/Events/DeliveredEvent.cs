namespace CloudNative.BuildingBlocks.Events;

/// <summary>What came of reading a delivery.</summary>
public abstract record DeliveredEvent
{
    private DeliveredEvent()
    {
    }

    public sealed record Readable(EventDocument Document) : DeliveredEvent;

    /// <summary>
    /// No event: <paramref name="Reason"/> says in words what is wrong and quotes nothing. <paramref name="Id"/> is stable: the same
    /// for each delivery of the record.
    /// </summary>
    public sealed record Unreadable(string Id, string PartitionKey, string Reason) : DeliveredEvent;
}

/// <summary>What the broker says about a record beside its bytes; null for what this broker does not say.</summary>
/// <param name="PartitionKey">The record's key, unescaped.</param>
/// <param name="ArrivalTimestamp">When the stream took the record, ms since 1970.</param>
/// <param name="Position">Where the record stands in the stream (shard:sequence), the same at each delivery.</param>
/// <param name="Attempt">Which delivery of the record this is, from 1.</param>
public sealed record DeliveryMetadata(string? PartitionKey = null, long? ArrivalTimestamp = null, string? Position = null, int? Attempt = null);
