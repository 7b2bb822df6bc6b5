using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Hosting;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Stub = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace CloudNative.BuildingBlocks.Publishing;

/// <summary>
/// Publishes over the sidecar's gRPC API, one event per call: a bulk publish has no order and reads numbers as doubles. The sidecar
/// wraps the document into a CloudEvent that mirrors it; extra attributes cannot be told to the sidecar, so an event with such
/// attributes is sent as a finished CloudEvent. The trace of the caller travels along.
/// </summary>
public sealed class DaprEventPublisher(Stub sidecar, AppIdentity app, IOptions<PublishingOptions> options, TimeProvider time) : IEventPublisher
{
    public async ValueTask PublishAsync(OutgoingEvent outgoing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(outgoing);
        var deadline = time.GetUtcNow().UtcDateTime + options.Value.Deadline;
        try
        {
            await sidecar.PublishEventAsync(Request(outgoing), new CallOptions(deadline: deadline, cancellationToken: cancellationToken));
        }
        catch (Exception failure) when (failure is RpcException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new EventPublishException($"The event {outgoing.Id} was not published.", failure);
        }
    }

    private PublishEventRequest Request(OutgoingEvent outgoing)
    {
        var isFinished = outgoing.CloudEventAttributes is { Count: > 0 };
        var request = new PublishEventRequest
        {
            PubsubName = options.Value.PubSub,
            Topic = outgoing.Topic ?? options.Value.Topic,
            DataContentType = isFinished ? "application/cloudevents+json" : "application/json",
            Data = UnsafeByteOperations.UnsafeWrap(isFinished ? FinishedCloudEvent.Write(outgoing, app.AppId) : outgoing.Document),
            Metadata = { ["partitionKey"] = outgoing.PartitionKey },
        };
        if (isFinished)
            return request;
        request.Metadata["cloudevent.id"] = outgoing.Id;
        request.Metadata["cloudevent.type"] = outgoing.Type;
        request.Metadata["cloudevent.subject"] = outgoing.PartitionKey;
        return request;
    }
}
