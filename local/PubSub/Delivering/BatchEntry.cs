using System.Buffers.Text;
using CloudNative.Local.Json;
using CloudNative.Local.PubSub.CloudEvents;
using CloudNative.Local.PubSub.Subscribing;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>One message of a batch, and what is to be done with it. Path and event belong to <see cref="DeliveryStep.Post"/>.</summary>
/// <param name="Event">JSON: the event, or for a rawPayload subscription the bytes in base64.</param>
/// <param name="Trace">Which its delivery goes on with; null: no header.</param>
internal sealed record BatchEntry(
    string EntryId, PubSubMessage Message, DeliveryStep Step, string Path, ReadOnlyMemory<byte> Event, string ContentType, string? Trace)
{
    /// <summary>An event that no rule wants goes to the root of the app, unlike one that is delivered alone.</summary>
    private const string Root = "/";

    public static BatchEntry For(TopicSubscription subscription, PubSubMessage message, DateTimeOffset now, Guid id)
    {
        var entry = new BatchEntry(id.ToString(), message, DeliveryStep.Fail, "", default, "", null);
        try
        {
            return subscription.IsRaw ? entry.OfBytes(subscription.Rules) : entry.OfEvent(subscription.Rules, now);
        }
        catch (Exception unusable) when (unusable is RuleEvaluationException or GoJsonException)
        {
            return entry;
        }
    }

    private BatchEntry OfBytes(IReadOnlyList<RoutingRule> rules)
    {
        byte[] json = [(byte)'"', .. Encoded(Message.Data.Span), (byte)'"'];
        return this with { Step = DeliveryStep.Post, Path = PathOf(rules, json), Event = json, ContentType = MediaTypes.OctetStream };
    }

    private BatchEntry OfEvent(IReadOnlyList<RoutingRule> rules, DateTimeOffset now)
    {
        if (DeliveredEvent.TryRead(Message.Data.Span) is not { } read)
            return this;
        if (EventExpiration.HasExpired(read.Expiration, now))
            return this with { Step = DeliveryStep.Skip };
        return this with
        {
            Step = DeliveryStep.Post,
            Path = PathOf(rules, Message.Data),
            Event = GoJson.Reserialize(Message.Data.Span, GoNumbers.Float64),
            ContentType = MediaTypes.CloudEvent,
            Trace = read.Trace(Message.Metadata),
        };
    }

    private static string PathOf(IReadOnlyList<RoutingRule> rules, ReadOnlyMemory<byte> json) => RoutingRule.Select(rules, json)?.RequestPath ?? Root;

    private static byte[] Encoded(ReadOnlySpan<byte> bytes)
    {
        var encoded = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        Base64.EncodeToUtf8(bytes, encoded, out _, out _);
        return encoded;
    }
}
