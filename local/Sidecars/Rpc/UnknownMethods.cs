using CloudNative.Local.Apps;
using Grpc.Core;

namespace CloudNative.Local.Sidecars.Rpc;

/// <summary>
/// Calls to methods that the sidecar does not have. daprd takes them for calls to be proxied to an app, so the code is Unknown and not
/// Unimplemented. Proxying itself is not served: apps speak http here.
/// </summary>
internal sealed class UnknownMethods(SidecarOptions options, NotServed notServed)
{
    private readonly ApiToken _token = new(options.ApiToken);

    public async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        notServed.Grpc(path);
        var headers = context.Request.Headers;
        if (!_token.Accepts(headers))
        {
            Write(context, GrpcErrors.Unauthorized(isMissing: !headers.ContainsKey(ApiToken.Header)));
            return;
        }
        var appId = AppId(headers);
        Write(context, new RpcException(appId == options.AppId ? await OwnAppAsync(context.RequestAborted) : Status(path, appId)));
    }

    private static Status Status(string path, string? appId)
    {
        if (appId is null && path.StartsWith("/dapr.proto.runtime.", StringComparison.Ordinal))
            return new Status(StatusCode.Unknown, "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found");
        if (appId is null)
            return new Status(StatusCode.Unknown, "cannot proxy request: missing dapr-callee-app-id or dapr-app-id metadata");
        return new Status(StatusCode.Unknown, $"timeout waiting for address for app id {appId}");
    }

    /// <summary>The own app, which does not speak gRPC, if it is there at all.</summary>
    private async Task<Status> OwnAppAsync(CancellationToken cancellationToken)
    {
        var reason = options.AppPort is { } port && await AppPort.IsAcceptingAsync(port, cancellationToken)
            ? "error reading server preface: http2: frame too large"
            : $"transport: Error while dialing: dial tcp 127.0.0.1:{options.AppPort ?? 0}: connect: connection refused";
        return new Status(StatusCode.Unavailable, $"connection error: desc = \"{reason}\"");
    }

    private static string? AppId(IHeaderDictionary headers)
    {
        var sent = headers.TryGetValue("dapr-callee-app-id", out var callee) ? callee : headers["dapr-app-id"];
        return sent.Count > 0 && sent[0]!.Length > 0 ? sent[0] : null;
    }

    private static void Write(HttpContext context, RpcException error)
    {
        var response = context.Response;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)error.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(error.Status.Detail);
        foreach (var trailer in error.Trailers)
            response.Headers[trailer.Key] = trailer.IsBinary ? Convert.ToBase64String(trailer.ValueBytes) : trailer.Value;
    }
}
