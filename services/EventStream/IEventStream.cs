namespace CloudNative.EventStream;

/// <summary>
/// What a host of the engine sees: the pluggable component process and the local runtime alike.
/// One instance serves all topics and consumer groups of one store.
/// </summary>
public interface IEventStream : IAsyncDisposable
{
    /// <summary>Appends one record; completes when it is durable (survives kill -9 and power loss).</summary>
    /// <exception cref="InvalidRecordException">The record can never be stored: too large, a lane as topic, a bad key.</exception>
    /// <exception cref="EventStreamUnavailableException">The store refused; nothing is known to be stored, try again.</exception>
    ValueTask PublishAsync(NewRecord record, CancellationToken cancellationToken);

    /// <summary>Appends several records, in order; each result stands at its record's place, null for success.</summary>
    ValueTask<IReadOnlyList<Exception?>> PublishManyAsync(IReadOnlyList<NewRecord> records, CancellationToken cancellationToken);

    /// <summary>
    /// Opens one more stream (lane) of a consumer group: a loop that takes the oldest ready key of the topic, hands the
    /// handler its next record, and takes the outcome. One record is out at a time per stream and per key.
    /// Disposing gives an unfinished record back to the head of its key, no attempt counted.
    /// </summary>
    IAsyncDisposable Subscribe(Subscription subscription, RecordHandler handler);
}

/// <summary>A record to append. <paramref name="PartitionKey"/> null: one is drawn, and delivered as drawn to everyone.</summary>
public sealed record NewRecord(string Topic, ReadOnlyMemory<byte> Data, string? PartitionKey);

/// <summary>
/// <paramref name="Topic"/> as subscribed: <c>events</c>, or <c>events/lane-3</c>, which is one more stream of <c>events</c>.
/// <paramref name="Group"/> is the consumer group (Dapr: consumerID, by default the app id).
/// </summary>
public sealed record Subscription(string Group, string Topic, InitialPosition InitialPosition);

/// <summary>Where a group without a checkpoint starts. <see cref="Latest"/> has no gap: it is fixed durably at the first subscribe.</summary>
public enum InitialPosition
{
    Latest,
    TrimHorizon,
}

/// <summary>
/// A record on its way to one group. <paramref name="Topic"/> is the name the stream subscribed to.
/// <paramref name="Metadata"/> holds <c>__shardId</c>, <c>__sequenceNumber</c>, <c>__partitionKey</c> (URL-escaped),
/// <c>__approximateArrivalTimestamp</c> (ms since 1970) and <c>__attempt</c> (from 1).
/// </summary>
public sealed record Delivery(string Topic, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata, int Attempt);

public enum DeliveryOutcome
{
    /// <summary>The record is done for this group.</summary>
    Acknowledged,

    /// <summary>The key waits for its backoff and gets the same record again; other keys go on.</summary>
    Failed,
}

/// <summary>Handles one record. An exception counts as <see cref="DeliveryOutcome.Failed"/>, cancellation as not delivered.</summary>
public delegate ValueTask<DeliveryOutcome> RecordHandler(Delivery delivery, CancellationToken cancellationToken);

/// <summary>The record can never be stored as it is; the message says why.</summary>
public sealed class InvalidRecordException(string message) : Exception(message);

/// <summary>The store refused or is away; the caller may try again.</summary>
public sealed class EventStreamUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
