using CloudNative.Local.Sidecars;
using CloudNative.Local.Sidecars.Invoking;
using CloudNative.Local.Tests.PubSub;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using DaprClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;
using Verb = Dapr.Client.Autogen.Grpc.v1.HTTPExtension.Types.Verb;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class InvokingAnAppOverGrpc
{
    [Fact]
    public async Task message_and_extension_become_the_request_and_the_answer_comes_back()
    {
        AppRequest? received = null;
        await using var app = await ListeningApp.StartAsync((request, context) =>
        {
            received = request;
            context.Response.ContentType = "application/json";
            context.Response.Headers["x-app"] = "yes";
            return context.Response.WriteAsync("""{"ok":true}""");
        });
        await using var sidecar = await RunningSidecar.StartAsync(new SidecarOptions("things-bff", 0, 0, app.Port));

        using var call = Call(sidecar, Request("things-bff", "a//b", Verb.Put, """{"a":1}"""), new Metadata { { "x-custom", "1" } });
        var headers = await call.ResponseHeadersAsync;
        var answer = await call;

        answer.Data.Value.ToStringUtf8().ShouldBe("""{"ok":true}""");
        answer.ContentType.ShouldBe("application/json");
        (headers.GetValue("dapr-http-status"), headers.GetValue("dapr-content-type"), headers.GetValue("x-app"), headers.GetValue("traceparent"))
            .ShouldBe(("200", "application/json", "yes", RunningSidecar.Zeros));
        received.ShouldNotBeNull();
        (received.Verb, received.Target, received.Headers["content-type"]).ShouldBe(("PUT", "/a/b?x=1", "application/json"));
        (received.Headers["x-custom"], received.Headers["dapr-authority"]).ShouldBe(("1", $"127.0.0.1:{sidecar.Sidecar.Options.GrpcPort}"));
        received.Headers.ShouldContainKey("dapr-grpc-accept-encoding");
        received.Headers.ShouldNotContainKey("te");
    }

    [Theory]
    [InlineData(400, StatusCode.Internal, "Bad Request")]
    [InlineData(404, StatusCode.NotFound, "Not Found")]
    [InlineData(409, StatusCode.AlreadyExists, "Conflict")]
    [InlineData(500, StatusCode.Unknown, "Internal Server Error")]
    [InlineData(503, StatusCode.Unavailable, "Service Unavailable")]
    public async Task an_error_of_the_app_is_a_grpc_one_with_the_body_as_detail(int status, StatusCode code, string text)
    {
        await using var app = await ListeningApp.StartAsync((_, context) =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("why");
        });
        await using var sidecar = await RunningSidecar.StartAsync(new SidecarOptions("things-bff", 0, 0, app.Port));

        var failure = await Should.ThrowAsync<RpcException>(async () => await Call(sidecar, Request("things-bff", "x", Verb.Get, "")));

        (failure.StatusCode, failure.Status.Detail).ShouldBe((code, text));
        var info = failure.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!;
        (info.Reason, info.Metadata["http.error_message"]).ShouldBe((text, "why"));
    }

    [Theory]
    [InlineData("", Verb.Post, "failed to invoke, id: , err: app id is empty")]
    [InlineData("unknown-app", Verb.Post, "failed to invoke, id: unknown-app, err: couldn't find service: unknown-app")]
    [InlineData("things-bff", Verb.Post, "failed to invoke, id: things-bff, err: cannot invoke local endpoint: app channel not initialized")]
    public async Task a_call_that_reaches_nobody_says_why(string id, Verb verb, string text)
    {
        await using var sidecar = await RunningSidecar.StartAsync();

        var failure = await Should.ThrowAsync<RpcException>(async () => await Call(sidecar, Request(id, "x", verb, "")));

        (failure.StatusCode, failure.Status.Detail).ShouldBe((StatusCode.Internal, text));
    }

    [Theory]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(408, StatusCode.Cancelled)]
    [InlineData(418, StatusCode.Unknown)]
    [InlineData(429, StatusCode.ResourceExhausted)]
    [InlineData(501, StatusCode.Unimplemented)]
    [InlineData(504, StatusCode.DeadlineExceeded)]
    public void other_codes_have_their_grpc_code_too(int status, StatusCode code) => InvokedAppStatus.Code(status).ShouldBe(code);

    private static AsyncUnaryCall<InvokeResponse> Call(RunningSidecar sidecar, InvokeServiceRequest request, Metadata? metadata = null) =>
        new DaprClient(sidecar.Channel).InvokeServiceAsync(request, metadata, cancellationToken: TestContext.Current.CancellationToken);

    private static InvokeServiceRequest Request(string id, string method, Verb verb, string body) => new()
    {
        Id = id,
        Message = new InvokeRequest
        {
            Method = method,
            ContentType = "application/json",
            Data = new Any { Value = ByteString.CopyFromUtf8(body) },
            HttpExtension = new HTTPExtension { Verb = verb, Querystring = "x=1" },
        },
    };
}
