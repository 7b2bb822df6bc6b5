using System.Collections.Immutable;
using System.Threading.Channels;
using CloudNative.Local.Resources;

namespace CloudNative.Local.PubSub.Components;

/// <summary>
/// A broker with parallel handlers that loses a failed delivery, of one sidecar and gone with it. It stands for <c>pubsub.redis</c> where
/// recordings are replayed, and is no component type of its own.
/// </summary>
internal sealed partial class ParallelPubSub(string name, ILogger<ParallelPubSub> logger) : IPubSubComponent
{
    private readonly string name = name;
    private ImmutableList<Receiver> receivers = [];

    public IReadOnlyList<string> Capabilities { get; } = [];

    public static IPubSubComponent Create(Component component, ComponentContext context) =>
        new ParallelPubSub(component.Name, context.Loggers.CreateLogger<ParallelPubSub>());

    public ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        foreach (var receiver in receivers.Where(receiver => receiver.Topic == message.Topic))
            receiver.Take(message);
        return ValueTask.CompletedTask;
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

    private sealed class Receiver : IAsyncDisposable
    {
        private readonly Channel<PubSubMessage> messages = Channel.CreateUnbounded<PubSubMessage>();
        private readonly CancellationTokenSource ended = new();
        private readonly Func<PubSubMessage, CancellationToken, ValueTask<bool>> handler;
        private readonly ParallelPubSub owner;
        private readonly Task handing;

        public Receiver(string topic, Func<PubSubMessage, CancellationToken, ValueTask<bool>> handler, ParallelPubSub owner)
        {
            Topic = topic;
            this.handler = handler;
            this.owner = owner;
            handing = HandOverAsync();
        }

        public string Topic { get; }

        public void Take(PubSubMessage message) => messages.Writer.TryWrite(message);

        public async ValueTask DisposeAsync()
        {
            ImmutableInterlocked.Update(ref owner.receivers, static (all, one) => all.Remove(one), this);
            messages.Writer.TryComplete();
            await ended.CancelAsync();
            await handing;
        }

        /// <summary>Handlers begin in the order of publishing and do not wait for each other.</summary>
        private async Task HandOverAsync()
        {
            List<Task> handling = [];
            await foreach (var message in messages.Reader.ReadAllAsync(CancellationToken.None))
            {
                handling.RemoveAll(one => one.IsCompleted);
                handling.Add(HandleAsync(message));
            }

            await Task.WhenAll(handling);
        }

        private async Task HandleAsync(PubSubMessage message)
        {
            try
            {
                await handler(message, ended.Token);
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                // The subscription ended; this broker keeps nothing.
            }
#pragma warning disable CA1031 // The edge of a background delivery: nobody else would see the failure, and this broker loses the message either way.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                owner.LogLost(owner.name, Topic, failure.GetType().Name);
            }
        }
    }
}
