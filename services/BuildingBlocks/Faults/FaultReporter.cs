using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Publishing;
using Microsoft.Extensions.Options;

namespace CloudNative.BuildingBlocks.Faults;

/// <summary>Tells of an event that was given up, and puts the event itself aside; only after both may it be acknowledged.</summary>
internal sealed class FaultReporter(IEventPublisher publisher, IOptions<PublishingOptions> options, TimeProvider time)
{
    /// <param name="deadLetter">What goes to the dead letter topic: a JSON document, the event itself or a wrapper around what is none.</param>
    /// <exception cref="EventPublishException">One of the two was not published; both are safe to publish again.</exception>
    public async ValueTask ReportAsync(Fault fault, ReadOnlyMemory<byte> deadLetter, CancellationToken cancellationToken)
    {
        // A fault about a fault would breed faults for ever; such an event is only put aside.
        if (fault.OriginalType != FaultEvent.Type)
            await publisher.PublishAsync(FaultEvent.Create(fault, time.GetUtcNow()), cancellationToken);
        await publisher.PublishAsync(
            new OutgoingEvent(
                fault.OriginalId,
                fault.OriginalType ?? "unreadable",
                fault.PartitionKey,
                time.GetUtcNow().ToUnixTimeMilliseconds(),
                deadLetter,
                Topic: options.Value.DeadLetterTopic),
            cancellationToken);
    }
}
