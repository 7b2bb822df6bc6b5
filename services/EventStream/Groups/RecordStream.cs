using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using CloudNative.EventStream.Records;
using CloudNative.EventStream.Shards;
using Microsoft.Extensions.Logging;

namespace CloudNative.EventStream.Groups;

/// <summary>One stream of a group: takes a ready key, hands its oldest record to the handler, takes the outcome, and so on.</summary>
internal sealed partial class RecordStream : IAsyncDisposable
{
    private readonly string topic;
    private readonly ConsumerGroup group;
    private readonly ICheckpointStore checkpoints;
    private readonly RecordHandler handler;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;
    private int disposed;

    /// <param name="topic">As subscribed, lane included.</param>
    public RecordStream(string topic, ConsumerGroup group, ICheckpointStore checkpoints, RecordHandler handler, ILogger logger)
    {
        this.topic = topic;
        this.group = group;
        this.checkpoints = checkpoints;
        this.handler = handler;
        this.logger = logger;
        group.AddStream();
        running = Task.Run(() => RunAsync(stopping.Token));
    }

    /// <summary>Cancels the handler, waits for it, and gives its record back if it is not finished.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
            return;

        await stopping.CancelAsync();
        await running;
        group.RemoveStream();
        stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
                await DeliverNextAsync(await group.TakeAsync(cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Disposed: the record in work, if any, was given back where it was taken.
        }
    }

    private async ValueTask DeliverNextAsync(PartitionQueue queue, CancellationToken cancellationToken)
    {
        StoredRecord? record;
        try
        {
            record = group.OldestInWindow(queue) ?? await checkpoints.ReadSetAsideAsync(
                group.Name, queue.Window.ShardId, queue.PartitionKey, queue.AsideAfter, CancellationToken.None);
        }
        catch (EventStreamUnavailableException)
        {
            group.Postpone(queue);
            return;
        }

        if (record is null)
            group.AsideIsEmpty(queue);
        else
            Settle(queue, record, await HandleAsync(DeliveryOf(record, queue.FailedAttempts + 1), cancellationToken));
    }

    private void Settle(PartitionQueue queue, StoredRecord record, DeliveryOutcome? outcome)
    {
        if (outcome is null)
            group.GiveBack(queue);
        else if (outcome == DeliveryOutcome.Acknowledged)
            group.Acknowledge(queue, record);
        else
            group.Fail(queue);
    }

    /// <summary>The handler's outcome; null if the stream was disposed before there was one.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Edge of the delivery loop: whatever a handler throws is a failed attempt.")]
    private async ValueTask<DeliveryOutcome?> HandleAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return null;

        try
        {
            var outcome = await handler(delivery, cancellationToken);
            return outcome == DeliveryOutcome.Failed && cancellationToken.IsCancellationRequested ? null : outcome;
        }
        catch (Exception exception)
        {
            if (cancellationToken.IsCancellationRequested)
                return null;

            LogHandlerFailed(exception.GetType().Name, delivery.Attempt, group.Name.Group);
            return DeliveryOutcome.Failed;
        }
    }

    private Delivery DeliveryOf(StoredRecord record, int attempt) => new(
        topic,
        EventEnvelope.Of(record),
        new Dictionary<string, string>(capacity: 5, StringComparer.Ordinal)
        {
            ["__shardId"] = record.ShardId,
            ["__sequenceNumber"] = record.SequenceNumber.Value,
            ["__partitionKey"] = Uri.EscapeDataString(record.PartitionKey),
            ["__approximateArrivalTimestamp"] = record.ArrivedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            ["__attempt"] = attempt.ToString(CultureInfo.InvariantCulture),
        },
        attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A handler threw {ExceptionType} at attempt {Attempt} in group {Group}: the key waits and gets the record again")]
    private partial void LogHandlerFailed(string exceptionType, int attempt, string group);
}
