using System.Collections.Frozen;
using CloudNative.Local.Faults;
using CloudNative.Local.PubSub.Publishing;
using CloudNative.Local.PubSub.Subscribing;
using CloudNative.Local.Resources;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>Brings the messages of one subscription to the app; many may be on their way at once.</summary>
internal sealed partial class EventDelivery(
    TopicSubscription subscription,
    ScopedPubSub pubSub,
    AppChannel app,
    DeadLetters deadLetters,
    DeliveryGate gate,
    IFaultSwitches faults,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan FaultPoll = TimeSpan.FromMilliseconds(100);

    private readonly FrozenDictionary<string, Uri> targets = subscription.Rules
        .Select(rule => rule.RequestPath)
        .Distinct(StringComparer.Ordinal)
        .ToFrozenDictionary(path => path, app.Resolve, StringComparer.Ordinal);

    /// <returns>True: the component may forget the message.</returns>
    public async ValueTask<bool> HandleAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        await PauseWhileRefusedAsync(cancellationToken);
        if (!gate.TryEnter())
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        try
        {
            return await DeliverAsync(message, cancellationToken);
        }
        finally
        {
            gate.Leave();
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

    /// <summary>One attempt. An inbound resiliency policy would repeat this, with the same bytes.</summary>
    private async ValueTask<AppVerdict> PostAsync(DeliveryPlan plan, PubSubMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await app.PostAsync(
                targets[plan.Rule!.RequestPath], subscription.PubSubName, plan.Body, message.Metadata, plan.TraceParent, cancellationToken);
            var verdict = AppVerdicts.Of(answer.HttpStatus, answer.Body.Span);
            if (verdict == AppVerdict.Drop)
                LogDropped(subscription.PubSubName, subscription.Topic, answer.HttpStatus);
            return verdict;
        }
        catch (HttpRequestException failure)
        {
            LogUnanswered(subscription.PubSubName, subscription.Topic, failure.HttpRequestError);
            return AppVerdict.Retry;
        }
    }

    /// <summary>A component that is set to refuse delivers nothing; what it had on its way waits.</summary>
    private async ValueTask PauseWhileRefusedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await faults.PassAsync(pubSub.Name, cancellationToken);
                return;
            }
            catch (ComponentException)
            {
                await Task.Delay(FaultPoll, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The app dropped an event of {PubSub}/{Topic} with status {HttpStatus}")]
    private partial void LogDropped(string pubSub, string topic, int httpStatus);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The app did not answer to an event of {PubSub}/{Topic}: {Error}")]
    private partial void LogUnanswered(string pubSub, string topic, HttpRequestError error);
}
