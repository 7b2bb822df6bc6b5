using System.Collections.Frozen;
using CloudNative.Local.PubSub.CloudEvents;
using CloudNative.Local.PubSub.Publishing;
using CloudNative.Local.PubSub.Subscribing;
using CloudNative.Local.Resiliency;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>Brings the messages of one subscription to the app one by one; many may be on their way at once.</summary>
internal sealed partial class EventDelivery(
    TopicSubscription subscription,
    ScopedPubSub pubSub,
    AppChannel app,
    DeadLetters deadLetters,
    DeliveryAdmission admission,
    TimeProvider time,
    ILogger logger)
{
    private readonly FrozenDictionary<string, Uri> targets = subscription.Rules
        .Select(rule => rule.RequestPath)
        .Distinct(StringComparer.Ordinal)
        .ToFrozenDictionary(path => path, app.Resolve, StringComparer.Ordinal);

    /// <returns>True: the component may forget the message.</returns>
    public async ValueTask<bool> HandleAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        await admission.EnterAsync(cancellationToken);
        try
        {
            return await DeliverAsync(message, cancellationToken);
        }
        finally
        {
            admission.Leave();
        }
    }

    private async ValueTask<bool> DeliverAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        var plan = DeliveryPlan.For(subscription, message, time.GetUtcNow(), Guid.NewGuid());
        var verdict = plan.Step switch
        {
            DeliveryStep.Post => await PostAsync(plan, message, cancellationToken),
            DeliveryStep.Skip => AppVerdict.Drop,
            _ => AppVerdict.Retry,
        };
        if (verdict == AppVerdict.Acknowledge)
            return true;
        if (subscription.DeadLetterTopic.Length > 0)
            return await deadLetters.TryPublishAsync(pubSub, subscription.DeadLetterTopic, message);
        return verdict == AppVerdict.Drop;
    }

    /// <summary>Attempts of the same bytes, as many as the inbound policy has; a drop is none it would repeat.</summary>
    private async ValueTask<AppVerdict> PostAsync(DeliveryPlan plan, PubSubMessage message, CancellationToken cancellationToken)
    {
        var (verdict, failure) = pubSub.Inbound.IsAny
            ? await pubSub.Inbound.RunAsync(attempt => TryPostAsync(plan, message, attempt), cancellationToken)
            : await TryPostAsync(plan, message, cancellationToken);
        return failure is null ? verdict : AppVerdict.Retry;
    }

    private async ValueTask<CallOutcome<AppVerdict>> TryPostAsync(DeliveryPlan plan, PubSubMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await app.PostAsync(
                targets[plan.Rule!.RequestPath], MediaTypes.CloudEvent, subscription.PubSubName, plan.Body, message.Metadata, plan.Trace, cancellationToken);
            var verdict = AppVerdicts.Of(answer.HttpStatus, answer.Body.Span);
            if (verdict == AppVerdict.Drop)
                LogDropped(subscription.PubSubName, subscription.Topic, answer.HttpStatus);
            return verdict == AppVerdict.Retry ? CallOutcome.Failed(verdict, AppVerdicts.Failure(answer.HttpStatus)) : CallOutcome.Success(verdict);
        }
        catch (HttpRequestException failure)
        {
            LogUnanswered(subscription.PubSubName, subscription.Topic, failure.HttpRequestError);
            return CallOutcome.Failed(AppVerdict.Retry, CallFailure.Uncoded);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The app dropped an event of {PubSub}/{Topic} with status {HttpStatus}")]
    private partial void LogDropped(string pubSub, string topic, int httpStatus);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The app did not answer to an event of {PubSub}/{Topic}: {Error}")]
    private partial void LogUnanswered(string pubSub, string topic, HttpRequestError error);
}
