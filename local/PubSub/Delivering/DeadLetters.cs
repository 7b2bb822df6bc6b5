using CloudNative.Local.PubSub.Publishing;
using CloudNative.Local.Resources;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>Publishes what a subscription gave up on to its dead letter topic: bytes and metadata as delivered.</summary>
internal sealed class DeadLetters(Publisher publisher, TimeProvider time)
{
    // daprd's limit for this publish; it goes on when the delivery itself is cancelled.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <returns>False: it is not there, and so must not be acknowledged.</returns>
    public async ValueTask<bool> TryPublishAsync(ScopedPubSub pubSub, string topic, PubSubMessage message)
    {
        if (!pubSub.Scopes.MayPublish(topic))
            return false;
        using var timeout = new CancellationTokenSource(Limit, time);
        try
        {
            await publisher.SendAsync(pubSub, message with { Topic = topic }, timeout.Token);
            return true;
        }
        catch (Exception failure) when (failure is ComponentException or OperationCanceledException)
        {
            return false;
        }
    }
}
