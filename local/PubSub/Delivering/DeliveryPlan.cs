using CloudNative.Local.PubSub.CloudEvents;
using CloudNative.Local.PubSub.Subscribing;

namespace CloudNative.Local.PubSub.Delivering;

internal enum DeliveryStep
{
    /// <summary>The app gets it.</summary>
    Post,

    /// <summary>It has expired, or no rule wants it: done without the app.</summary>
    Skip,

    /// <summary>It is no event, or a rule cannot be evaluated on it.</summary>
    Fail,
}

/// <summary>What is to be done with a message. Rule, body and trace (null: none, and no header) belong to <see cref="DeliveryStep.Post"/>.</summary>
internal readonly record struct DeliveryPlan(DeliveryStep Step, RoutingRule? Rule, ReadOnlyMemory<byte> Body, string? Trace)
{
    /// <param name="message">As the component delivered it, or a synthesised event would be made of it.</param>
    /// <param name="id">Of the event made for a rawPayload subscription.</param>
    public static DeliveryPlan For(TopicSubscription subscription, PubSubMessage message, DateTimeOffset now, Guid id)
    {
        var body = subscription.IsRaw ? CloudEventEnvelope.FromRaw(subscription.PubSubName, message, id) : message.Data;
        if (DeliveredEvent.TryRead(body.Span) is not { } read)
            return new DeliveryPlan(DeliveryStep.Fail, null, body, null);
        if (EventExpiration.HasExpired(read.Expiration, now))
            return new DeliveryPlan(DeliveryStep.Skip, null, body, null);
        try
        {
            var rule = RoutingRule.Select(subscription.Rules, body);
            return new DeliveryPlan(rule is null ? DeliveryStep.Skip : DeliveryStep.Post, rule, body, read.Trace(message.Metadata));
        }
        catch (RuleEvaluationException)
        {
            // daprd takes no other rule then, not even the default: the event fails.
            return new DeliveryPlan(DeliveryStep.Fail, null, body, null);
        }
    }
}
