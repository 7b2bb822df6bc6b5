using CloudNative.EventStream;
using CloudNative.Local.Resources;

namespace CloudNative.Local.PubSub.Components;

/// <summary>
/// <c>pubsub.sqlite</c>: the event stream in this process. Durable, in order per partition key, one consumer group per app; a message that
/// fails comes again and holds up its own key only. A topic <c>T/lane-N</c> is one more stream of <c>T</c>; lanes cannot be published to.
/// </summary>
internal sealed class SqlitePubSub(SharedEventStreams.Lease lease, SqlitePubSubOptions options) : IPubSubComponent
{
    public IReadOnlyList<string> Capabilities { get; } = [];

    /// <exception cref="ComponentInitException">Metadata is wrong, or the file cannot be opened: another process has it, or this one has it otherwise.</exception>
    public static async ValueTask<IPubSubComponent> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var options = SqlitePubSubOptions.From(component, context);
        try
        {
            var stream = new EventStreamOptions(options.DatabaseFile) { Retention = options.Retention };
            return new SqlitePubSub(await SharedEventStreams.OfProcess.AcquireAsync(stream, context.Time, context.Loggers, cancellationToken), options);
        }
        catch (Exception refused) when (refused is EventStreamUnavailableException or InvalidOperationException or ArgumentException)
        {
            throw new ComponentInitException($"component {component.Name} of {component.Type}: {refused.Message}", refused);
        }
    }

    public async ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await lease.Stream.PublishAsync(new NewRecord(message.Topic, message.Data, PartitionKey.Of(message)), cancellationToken);
        }
        catch (Exception refused) when (refused is InvalidRecordException or EventStreamUnavailableException)
        {
            throw new ComponentException(refused.Message, refused);
        }
    }

    public ValueTask<IAsyncDisposable> SubscribeAsync(
        string topic,
        IReadOnlyDictionary<string, string> metadata,
        Func<PubSubMessage, CancellationToken, ValueTask<bool>> handler,
        CancellationToken cancellationToken)
    {
        var subscription = new Subscription(options.ConsumerId, topic, Position(metadata));
        try
        {
            return new(lease.Stream.Subscribe(subscription, (delivery, token) => HandleAsync(handler, delivery, token)));
        }
        catch (Exception refused) when (refused is InvalidRecordException or EventStreamUnavailableException or ArgumentException)
        {
            throw new ComponentException(refused.Message, refused);
        }
    }

    public ValueTask DisposeAsync() => lease.DisposeAsync();

    private static async ValueTask<DeliveryOutcome> HandleAsync(
        Func<PubSubMessage, CancellationToken, ValueTask<bool>> handler, Delivery delivery, CancellationToken cancellationToken) =>
        await handler(new PubSubMessage(delivery.Topic, delivery.Data, delivery.Metadata), cancellationToken)
            ? DeliveryOutcome.Acknowledged
            : DeliveryOutcome.Failed;

    private InitialPosition Position(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (name, value) in metadata)
        {
            if (value.Length > 0 && name.Equals(SqlitePubSubOptions.InitialPositionKey, StringComparison.OrdinalIgnoreCase))
                return SqlitePubSubOptions.Position(value) ?? throw new ComponentException($"{name}: unknown position \"{value}\"; {SqlitePubSubOptions.PositionRemedy}");
        }

        return options.InitialPosition;
    }
}
