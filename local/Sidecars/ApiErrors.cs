using Google.Rpc;
using Grpc.Core;

namespace CloudNative.Local.Sidecars;

/// <summary>Errors that several APIs answer.</summary>
internal static class ApiErrors
{
    /// <summary>The domain of every ErrorInfo.</summary>
    public const string Domain = "dapr.io";

    public static ApiException Malformed(string message) =>
        new(StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, "ERR_MALFORMED_REQUEST", message);

    /// <summary>What is left when a request matches no route and names no app to invoke.</summary>
    public static ApiException NoRoute() => new(
        StatusCodes.Status404NotFound,
        StatusCode.Unknown,
        "ERR_DIRECT_INVOKE",
        "failed getting app id either from the URL path or the header dapr-app-id");

    /// <summary>Errors of pub/sub differ from others in small ways that callers can see.</summary>
    public static bool IsOfPubSub(ErrorInfo info) => info.Reason.StartsWith("DAPR_PUBSUB_", StringComparison.Ordinal);

    public static ErrorInfo Info(string reason) => new() { Reason = reason, Domain = Domain };
}
