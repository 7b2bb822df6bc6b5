using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Hosting;
using Dapr;
using Dapr.Client;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace CloudNative.BuildingBlocks.Publishing;

/// <summary>
/// Publishes over the sidecar's gRPC API, one event per call: a bulk publish has no order and reads numbers as doubles. The sidecar
/// wraps the document into a CloudEvent that mirrors it; extra attributes cannot be told to the sidecar, so an event with such
/// attributes is sent as a finished CloudEvent. The trace of the caller travels along.
/// </summary>
public sealed class DaprEventPublisher(DaprClient dapr, AppIdentity app, IOptions<PublishingOptions> options, TimeProvider time) : IEventPublisher
{
    public async ValueTask PublishAsync(OutgoingEvent outgoing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(outgoing);
        using var deadline = new CancellationTokenSource(options.Value.Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await SendAsync(outgoing, either.Token);
        }
        catch (Exception failure) when (failure is DaprException or RpcException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new EventPublishException($"The event {outgoing.Id} was not published.", failure);
        }
    }

    private Task SendAsync(OutgoingEvent outgoing, CancellationToken cancellationToken)
    {
        var topic = outgoing.Topic ?? options.Value.Topic;
        if (outgoing.CloudEventAttributes is { Count: > 0 })
        {
            var finished = FinishedCloudEvent.Write(outgoing, app.AppId);
            var key = new Dictionary<string, string> { ["partitionKey"] = outgoing.PartitionKey };
            return dapr.PublishByteEventAsync(options.Value.PubSub, topic, finished, "application/cloudevents+json", key, cancellationToken);
        }

        var metadata = new Dictionary<string, string>
        {
            ["partitionKey"] = outgoing.PartitionKey,
            ["cloudevent.id"] = outgoing.Id,
            ["cloudevent.type"] = outgoing.Type,
            ["cloudevent.subject"] = outgoing.PartitionKey,
        };
        return dapr.PublishByteEventAsync(options.Value.PubSub, topic, outgoing.Document, "application/json", metadata, cancellationToken);
    }
}
