using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Faults;
using CloudNative.BuildingBlocks.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CloudNative.BuildingBlocks.Listening;

/// <summary>Takes one delivery from its bytes to its answer.</summary>
internal sealed partial class Listener(
    EventRoutes routes,
    AppIdentity app,
    FaultReporter faults,
    DeliveryAttempts attempts,
    ListenerMetrics metrics,
    IOptions<ListenerOptions> options,
    ILogger<Listener> logger)
{
    /// <summary>True acknowledges the event, false has it delivered again.</summary>
    public async ValueTask<bool> HandleAsync(ReadOnlyMemory<byte> body, DeliveryMetadata metadata, CancellationToken cancellationToken)
    {
        var delivered = DeliveredEventReader.Read(body, metadata);
        var (outcome, reason) = delivered switch
        {
            DeliveredEvent.Readable readable => await RunAsync(readable.Document, metadata, cancellationToken),
            DeliveredEvent.Unreadable unreadable => (HandlingOutcome.Unreadable, unreadable.Reason),
            _ => throw new NotSupportedException(),
        };
        metrics.Count(outcome);
        var action = DeliveryDecision.Decide(outcome, AttemptOf(delivered, outcome, metadata), options.Value);
        return action switch
        {
            DeliveryAction.Acknowledge => true,
            DeliveryAction.FaultThenAcknowledge => await FaultAsync(delivered, body, reason, cancellationToken),
            _ => false,
        };
    }

    private async ValueTask<(HandlingOutcome Outcome, string Reason)> RunAsync(
        EventDocument document, DeliveryMetadata metadata, CancellationToken cancellationToken)
    {
        if (document.ReplayTo is { } addressee && addressee != app.AppId)
            return (HandlingOutcome.Done, "");
        try
        {
            foreach (var handling in routes.For(document.Type))
                await handling(document, cancellationToken);
            return (HandlingOutcome.Done, "");
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The edge of the delivery: whatever a handler throws is an outcome of this event and must not hurt its neighbours.
            var outcome = FailureClass.Of(failure);
            LogFailure(document.Id, document.Type, outcome, metadata.Attempt, failure.GetType().Name, failure.StackTrace);
            return (outcome, failure is UnprocessableEventException ? failure.Message : $"{failure.GetType().Name} in the handler");
        }
    }

    // Only failures of unknown kind wear an event out; a broker that tells the attempt counts every delivery.
    private int AttemptOf(DeliveredEvent delivered, HandlingOutcome outcome, DeliveryMetadata metadata)
    {
        if (metadata.Attempt is { } told)
            return told;
        if (delivered is not DeliveredEvent.Readable readable)
            return 1;
        if (outcome is HandlingOutcome.UnknownError)
            return attempts.CountFailure(readable.Document.Id);
        if (outcome is HandlingOutcome.Done)
            attempts.Forget(readable.Document.Id);
        return 1;
    }

    private async ValueTask<bool> FaultAsync(DeliveredEvent delivered, ReadOnlyMemory<byte> body, string reason, CancellationToken cancellationToken)
    {
        var (fault, deadLetter) = Faulted.From(delivered, body, app.AppId, reason);
        try
        {
            await faults.ReportAsync(fault, deadLetter, cancellationToken);
        }
        catch (EventPublishException)
        {
            LogFaultNotPublished(fault.OriginalId);
            return false;
        }

        attempts.Forget(fault.OriginalId);
        LogFault(fault.OriginalId, fault.OriginalType ?? "", reason);
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "Event {EventId} ({EventType}) ended as {Outcome} at attempt {Attempt}: {Failure} {Stack}")]
    private partial void LogFailure(string eventId, string eventType, HandlingOutcome outcome, int? attempt, string failure, string? stack);

    [LoggerMessage(LogLevel.Error, "Event {EventId} ({EventType}) is a fault and was put aside: {Reason}")]
    private partial void LogFault(string eventId, string eventType, string reason);

    [LoggerMessage(LogLevel.Warning, "The fault of event {EventId} could not be published; the event comes again")]
    private partial void LogFaultNotPublished(string eventId);
}
