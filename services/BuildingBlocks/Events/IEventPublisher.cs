namespace CloudNative.BuildingBlocks.Events;

/// <summary>Publishes event documents to the event stream through Dapr.</summary>
public interface IEventPublisher
{
    /// <summary>Completes when the stream has the event durably; publishing the same event again is harmless (same id).</summary>
    /// <exception cref="EventPublishException">The stream or the sidecar refused; try again.</exception>
    ValueTask PublishAsync(OutgoingEvent outgoing, CancellationToken cancellationToken);
}

/// <summary>
/// An event ready to go: <paramref name="Document"/> is its whole JSON text (design: id, type, timestamp, partitionKey, tags,
/// version?, entity), the other members mirror it. <paramref name="Timestamp"/> is ms since 1970.
/// <paramref name="CloudEventAttributes"/>: extra attributes such as replayto, resubmitted; null for none.
/// <paramref name="Topic"/>: null for the events topic.
/// </summary>
public sealed record OutgoingEvent(
    string Id,
    string Type,
    string PartitionKey,
    long Timestamp,
    ReadOnlyMemory<byte> Document,
    IReadOnlyDictionary<string, string>? CloudEventAttributes = null,
    string? Topic = null);

/// <summary>Publishing failed and may be tried again.</summary>
public sealed class EventPublishException(string message, Exception? innerException = null) : Exception(message, innerException);
