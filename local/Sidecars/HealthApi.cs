using CloudNative.Local.Sidecars.Http;
using Grpc.Core;

namespace CloudNative.Local.Sidecars;

/// <summary><c>/v1.0/healthz</c> (the app listens too) and <c>/v1.0/healthz/outbound</c> (the API answers).</summary>
internal sealed class HealthApi(string appId, Readiness readiness) : IApi
{
    public void MapHttp(IHttpRoutes routes)
    {
        routes.Map("GET", "/v1.0/healthz", (context, _) => HealthAsync(context));
        routes.Map("GET", "/v1.0/healthz/outbound", (context, _) => AnswerAsync(context, readiness.IsOutboundReady));
    }

    public void MapGrpc(IGrpcMethods methods)
    {
        // Health has no gRPC side in daprd.
    }

    private Task HealthAsync(HttpContext context)
    {
        var asked = RequestQuery.Value(context, "appid");
        if (asked.Length > 0 && asked != appId)
            throw Unhealthy("ERR_HEALTH_APPID_NOT_MATCH", "dapr app-id does not match");
        return AnswerAsync(context, readiness.IsReady);
    }

    private Task AnswerAsync(HttpContext context, bool isReady) =>
        isReady ? JsonAnswer.NoContentAsync(context) : throw Unhealthy("ERR_HEALTH_NOT_READY", $"dapr is not ready: [{readiness.Missing}]");

    private static ApiException Unhealthy(string code, string message) =>
        new(StatusCodes.Status500InternalServerError, StatusCode.Internal, code, message);
}
