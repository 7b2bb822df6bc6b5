using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace CloudNative.Local.Sidecars.Rpc;

/// <summary>Errors of the API as gRPC statuses with their details.</summary>
internal static class GrpcErrors
{
    public static RpcException Of(ApiException error)
    {
        var text = error.GrpcText ?? error.Message;
        if (error.WithoutGrpcDetails)
            return new RpcException(new Grpc.Core.Status(error.GrpcCode, text));
        return Of(error.GrpcCode, text, error.Details ?? [ApiErrors.Info(error.ErrorCode)]);
    }

    public static RpcException Unauthorized(bool isMissing)
    {
        var info = ApiErrors.Info("Unauthorized");
        info.Metadata["http.code"] = "401";
        info.Metadata["http.error_message"] = isMissing ? "missing api token in request metadata" : "authentication error: api token mismatch";
        return Of(StatusCode.Unauthenticated, "Unauthorized", [info]);
    }

    /// <summary>A method that the configuration hides.</summary>
    public static RpcException Hidden()
    {
        var info = ApiErrors.Info("Not Implemented");
        info.Metadata["http.code"] = "501";
        info.Metadata["http.error_message"] = "requested endpoint is not available";
        return Of(StatusCode.Unimplemented, "Not Implemented", [info]);
    }

    private static RpcException Of(StatusCode code, string text, IReadOnlyList<IMessage> details) => new Google.Rpc.Status
    {
        Code = (int)code,
        Message = text,
        Details = { details.Select(detail => Any.Pack(detail)) },
    }.ToRpcException();
}
