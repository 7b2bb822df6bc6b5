using CloudNative.Local.Sidecars.Http;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Verb = Dapr.Client.Autogen.Grpc.v1.HTTPExtension.Types.Verb;

namespace CloudNative.Local.Sidecars.Invoking;

/// <summary>InvokeService: an app called over gRPC. Apps speak HTTP here, so what the call lacks of a request comes with its HTTP extension.</summary>
internal sealed class InvokeServiceApi(SidecarOptions options, AppInvoker apps) : IApi
{
    public void MapHttp(IHttpRoutes routes)
    {
        // Over HTTP an invocation is what matches no route.
    }

    public void MapGrpc(IGrpcMethods methods) => methods.Unary<InvokeServiceRequest, InvokeResponse>("InvokeService", InvokeAsync);

    private async Task<InvokeResponse> InvokeAsync(InvokeServiceRequest request, ServerCallContext call)
    {
        if (request.Id.Length == 0)
            throw Invocation.Failure("", "app id is empty");
        var callee = apps.Find(request.Id);
        var extension = request.Message?.HttpExtension ?? throw Invalid(request.Id, "missing HTTP extension field");
        if (extension.Verb == Verb.None)
            throw Invalid(request.Id, "invalid HTTP verb");
        var body = InvocationBody.Of(request.Message.Data?.Value.ToByteArray() ?? []);
        var path = Invocation.PathOf(request.Id, request.Message.Method) + (extension.Querystring.Length > 0 ? "?" + extension.Querystring : "");
        using var answer = await apps.InvokeAsync(callee, path, () => Request(request, extension.Verb, callee, body, call), body.IsRepeatable, call.CancellationToken);
        if (InternalEndpoint.FailureOf(answer) is { } failure)
            throw Invocation.Failure(callee.AppId, failure);
        return await AnswerAsync(answer, call);
    }

    private HttpRequestMessage Request(InvokeServiceRequest request, Verb verb, Peer callee, InvocationBody body, ServerCallContext call)
    {
        var context = call.GetHttpContext();
        var message = new HttpRequestMessage { Method = new HttpMethod(verb.ToString().ToUpperInvariant()), Content = body.ToContent() };
        InvocationHeaders.ToApp(message, InvocationHeaders.OfGrpcCall(context.Request, request.Message.ContentType), RequestTrace.Of(context), callee.AppApiToken);
        if (callee.AppId != options.AppId)
            InvocationHeaders.FromPeer(message, options.AppId, callee.AppId);
        return message;
    }

    private static async Task<InvokeResponse> AnswerAsync(HttpResponseMessage answer, ServerCallContext call)
    {
        var body = await answer.Content.ReadAsByteArrayAsync(call.CancellationToken);
        var headers = InvocationHeaders.ToGrpcCaller(answer, RequestTrace.Of(call.GetHttpContext()));
        await call.WriteResponseHeadersAsync(headers);
        if (!answer.IsSuccessStatusCode)
            throw InvokedAppStatus.Error((int)answer.StatusCode, body);
        return new InvokeResponse
        {
            Data = new Any { Value = UnsafeByteOperations.UnsafeWrap(body) },
            ContentType = headers.GetValue("dapr-content-type") ?? "",
        };
    }

    private static ApiException Invalid(string appId, string text) => Invocation.Failure(appId, $"rpc error: code = InvalidArgument desc = {text}");
}
