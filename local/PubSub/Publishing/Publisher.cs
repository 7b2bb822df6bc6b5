using CloudNative.Local.Faults;
using CloudNative.Local.Json;
using CloudNative.Local.PubSub.CloudEvents;
using CloudNative.Local.Resiliency;
using CloudNative.Local.Resources;

namespace CloudNative.Local.PubSub.Publishing;

/// <summary>Publishing as both protocols ask for it: checks in daprd's order, the envelope, the scopes, the broker.</summary>
internal sealed class Publisher(string appId, PubSubComponents components, IFaultSwitches faults, TimeProvider time)
{
    public string AppId => appId;

    /// <exception cref="Sidecars.ApiException">Any refusal, the broker's included.</exception>
    public async ValueTask PublishAsync(PublishedEvent published, Action<Dictionary<string, string>>? addToRaw, CancellationToken cancellationToken)
    {
        var pubSub = Require(published.PubSubName, published.Topic);
        var message = IsRaw(published.PubSubName, published.Metadata)
            ? new PubSubMessage(published.Topic, published.Data, RawMetadata(published.Metadata, addToRaw))
            : new PubSubMessage(published.Topic, Envelope(published), published.Metadata);
        Allow(pubSub, published.Topic);
        try
        {
            await SendAsync(pubSub, message, cancellationToken);
        }
        catch (ComponentException refused)
        {
            throw PubSubErrors.Publish(published.PubSubName, published.Topic, refused.Message);
        }
    }

    /// <exception cref="Sidecars.ApiException">The name is empty or unknown, or the topic is empty.</exception>
    public ScopedPubSub Require(string pubSub, string topic)
    {
        if (pubSub.Length == 0)
            throw PubSubErrors.NameEmpty();
        if (topic.Length == 0)
            throw PubSubErrors.TopicEmpty(pubSub);
        return components.Find(pubSub) ?? throw PubSubErrors.NotFound(pubSub);
    }

    /// <exception cref="Sidecars.ApiException">A scope of the component leaves this app out.</exception>
    public void Allow(ScopedPubSub pubSub, string topic)
    {
        if (!pubSub.Scopes.MayPublish(topic))
            throw PubSubErrors.Forbidden(pubSub.Name, topic, appId);
    }

    /// <exception cref="Sidecars.ApiException"><c>rawPayload</c> is no boolean as Go reads one.</exception>
    public static bool IsRaw(string pubSub, IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (key, value) in metadata)
        {
            if (key.Equals("rawPayload", StringComparison.OrdinalIgnoreCase))
                return GoBoolean.Parse(value) ?? throw PubSubErrors.RawPayload(pubSub, value);
        }

        return false;
    }

    /// <exception cref="Sidecars.ApiException">The event says that it is a CloudEvent and is none.</exception>
    public byte[] Envelope(PublishedEvent published)
    {
        try
        {
            return CloudEventEnvelope.Create(published, new EnvelopeStamp(appId, Guid.NewGuid(), time.GetLocalNow()));
        }
        catch (GoJsonException malformed)
        {
            throw PubSubErrors.CloudEvent(published.PubSubName, appId, malformed.Message);
        }
    }

    /// <summary>Sends under the component's outbound policy.</summary>
    /// <exception cref="ComponentException">The broker's refusal, that of a fault switch, or the end the policy put to it.</exception>
    public async ValueTask SendAsync(ScopedPubSub pubSub, PubSubMessage message, CancellationToken cancellationToken)
    {
        if (!pubSub.Outbound.IsAny)
        {
            await SendOnceAsync(pubSub, message, cancellationToken);
            return;
        }

        var (refusal, failure) = await pubSub.Outbound.RunAsync(attempt => TrySendAsync(pubSub, message, attempt), cancellationToken);
        if (failure is not null)
            throw failure.IsByPolicy ? new ComponentException(failure.Text) : refusal!;
    }

    /// <exception cref="ComponentException">The broker's refusal, or that of a fault switch.</exception>
    public async ValueTask SendOnceAsync(ScopedPubSub pubSub, PubSubMessage message, CancellationToken cancellationToken)
    {
        await faults.PassAsync(pubSub.Name, cancellationToken);
        await pubSub.Broker.PublishAsync(message, cancellationToken);
    }

    private async ValueTask<CallOutcome<ComponentException?>> TrySendAsync(ScopedPubSub pubSub, PubSubMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await SendOnceAsync(pubSub, message, cancellationToken);
            return CallOutcome.Success<ComponentException?>(null);
        }
        catch (ComponentException refusal)
        {
            return CallOutcome.Failed<ComponentException?>(refusal, CallFailure.Uncoded);
        }
    }

    private static IReadOnlyDictionary<string, string> RawMetadata(
        IReadOnlyDictionary<string, string> metadata, Action<Dictionary<string, string>>? add)
    {
        if (add is null)
            return metadata;
        var extended = new Dictionary<string, string>(metadata);
        add(extended);
        return extended;
    }
}
