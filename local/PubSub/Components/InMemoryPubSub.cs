using System.Collections.Immutable;
using CloudNative.Local.Resources;

namespace CloudNative.Local.PubSub.Components;

/// <summary>
/// <c>pubsub.in-memory</c>: of one sidecar, gone with it. Each subscription handles one message at a time and the next publish waits for it;
/// what the handler fails is lost, and so is what nobody subscribes to.
/// </summary>
internal sealed partial class InMemoryPubSub(string name, ILogger<InMemoryPubSub> logger) : IPubSubComponent
{
    private readonly string name = name;
    private ImmutableList<Receiver> receivers = [];

    public IReadOnlyList<string> Capabilities { get; } = ["SUBSCRIBE_WILDCARDS"];

    public static ValueTask<IPubSubComponent> Create(Component component, ComponentContext context) =>
        new(new InMemoryPubSub(component.Name, context.Loggers.CreateLogger<InMemoryPubSub>()));

    public async ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        foreach (var receiver in receivers)
        {
            if (receiver.Wants(message.Topic))
                await receiver.HandOverAsync(message, cancellationToken);
        }
    }

    public ValueTask<IAsyncDisposable> SubscribeAsync(
        string topic,
        IReadOnlyDictionary<string, string> metadata,
        Func<PubSubMessage, CancellationToken, ValueTask<bool>> handler,
        CancellationToken cancellationToken)
    {
        var receiver = new Receiver(topic, handler, this);
        ImmutableInterlocked.Update(ref receivers, static (all, one) => all.Add(one), receiver);
        return new(receiver);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var receiver in receivers)
            await receiver.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A delivery of {PubSub}/{Topic} failed and its message is lost: {ErrorType}")]
    private partial void LogLost(string pubSub, string topic, string errorType);

    private sealed class Receiver(string topic, Func<PubSubMessage, CancellationToken, ValueTask<bool>> handler, InMemoryPubSub owner)
        : IAsyncDisposable
    {
        private readonly SemaphoreSlim free = new(1);
        private readonly CancellationTokenSource ended = new();

        /// <summary>A last <c>*</c> stands for any rest of the name.</summary>
        public bool Wants(string published) => topic.EndsWith('*')
            ? published.AsSpan().StartsWith(topic.AsSpan(0, topic.Length - 1), StringComparison.Ordinal)
            : published == topic;

        /// <summary>Completes when the handler has the message, not when it is done with it.</summary>
        public async Task HandOverAsync(PubSubMessage message, CancellationToken cancellationToken)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended.Token);
            try
            {
                await free.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return;
            }

            _ = HandleAsync(message);
        }

        public async ValueTask DisposeAsync()
        {
            ImmutableInterlocked.Update(ref owner.receivers, static (all, one) => all.Remove(one), this);
            await ended.CancelAsync();
        }

        private async Task HandleAsync(PubSubMessage message)
        {
            try
            {
                await Task.Yield();
                await handler(message, ended.Token);
            }
            catch (OperationCanceledException)
            {
                // The subscription ended; this broker keeps nothing.
            }
#pragma warning disable CA1031 // The edge of a background delivery: nobody else would see the failure, and this broker loses the message either way.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                owner.LogLost(owner.name, topic, failure.GetType().Name);
            }
            finally
            {
                free.Release();
            }
        }
    }
}
