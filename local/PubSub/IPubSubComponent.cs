namespace CloudNative.Local.PubSub;

/// <summary>One pub/sub component behind the publish API and the app's subscriptions.</summary>
public interface IPubSubComponent : IAsyncDisposable
{
    /// <summary>As /v1.0/metadata lists them.</summary>
    IReadOnlyList<string> Capabilities { get; }

    /// <summary>Completes when the broker has it. Failure is a ComponentException with the broker's text.</summary>
    ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken);

    /// <summary>Delivers every message of the topic for this app until disposed.</summary>
    ValueTask<IAsyncDisposable> SubscribeAsync(
        string topic,
        IReadOnlyDictionary<string, string> metadata,
        Func<PubSubMessage, CancellationToken, ValueTask<bool>> handler,
        CancellationToken cancellationToken);
}

/// <summary>Bytes as they travel (a structured CloudEvent, or raw). Metadata is publish metadata, or the delivered message's.</summary>
public sealed record PubSubMessage(string Topic, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata);
