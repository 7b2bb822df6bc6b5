using CloudNative.BuildingBlocks.Entities;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.State;
using Dapr;
using Grpc.Core;

namespace CloudNative.BuildingBlocks.Listening;

internal static class FailureClass
{
    /// <summary>Which kind of failure a handler's exception is.</summary>
    public static HandlingOutcome Of(Exception failure) => failure switch
    {
        UnprocessableEventException => HandlingOutcome.NeverSucceeds,
        StateStoreException or EventPublishException or EntityStoreUnavailableException or DependencyUnavailableException => HandlingOutcome.DependencyAway,
        DaprException { InnerException: RpcException inner } => Of(inner),
        RpcException { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded } => HandlingOutcome.DependencyAway,
        // Without a status nobody answered.
        HttpRequestException { StatusCode: null } => HandlingOutcome.DependencyAway,
        _ => HandlingOutcome.UnknownError,
    };
}
