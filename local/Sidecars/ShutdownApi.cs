using CloudNative.Local.Sidecars.Http;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShutdownCall = Dapr.Client.Autogen.Grpc.v1.ShutdownRequest;

namespace CloudNative.Local.Sidecars;

/// <summary><c>POST /v1.0/shutdown</c> and <c>Shutdown</c>; the sidecar's owner is told once the answer is out.</summary>
internal sealed class ShutdownApi(TaskCompletionSource<ShutdownRequest> shutdown) : IApi
{
    public void MapHttp(IHttpRoutes routes) => routes.Map("POST", "/v1.0/shutdown", (context, _) => ShutdownAsync(context));

    public void MapGrpc(IGrpcMethods methods) => methods.Unary<ShutdownCall, Empty>("Shutdown", (_, call) =>
    {
        AfterAnswer(call.GetHttpContext(), isForced: false);
        return Task.FromResult(new Empty());
    });

    private Task ShutdownAsync(HttpContext context)
    {
        var isForced = context.Request.Headers["dapr-force-shutdown"] == "true";
        AfterAnswer(context, isForced);
        return JsonAnswer.NoContentAsync(context);
    }

    private void AfterAnswer(HttpContext context, bool isForced) => context.Response.OnCompleted(() =>
    {
        shutdown.TrySetResult(new ShutdownRequest(isForced));
        return Task.CompletedTask;
    });
}
