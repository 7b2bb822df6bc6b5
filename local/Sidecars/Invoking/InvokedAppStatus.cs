using System.Globalization;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.WebUtilities;

namespace CloudNative.Local.Sidecars.Invoking;

/// <summary>An invoked app's HTTP status as a gRPC one, the body being a detail.</summary>
internal static class InvokedAppStatus
{
    public static ApiException Error(int status, byte[] body)
    {
        var phrase = ReasonPhrases.GetReasonPhrase(status);
        var info = ApiErrors.Info(phrase);
        info.Metadata["http.code"] = status.ToString(CultureInfo.InvariantCulture);
        info.Metadata["http.error_message"] = Encoding.UTF8.GetString(body);
        return new ApiException(status, Code(status), "ERR_DIRECT_INVOKE", phrase) { Details = [info] };
    }

    public static StatusCode Code(int status) => status switch
    {
        400 => StatusCode.Internal,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.NotFound,
        408 => StatusCode.Cancelled,
        409 => StatusCode.AlreadyExists,
        429 => StatusCode.ResourceExhausted,
        501 => StatusCode.Unimplemented,
        503 => StatusCode.Unavailable,
        504 => StatusCode.DeadlineExceeded,
        _ => StatusCode.Unknown,
    };
}
