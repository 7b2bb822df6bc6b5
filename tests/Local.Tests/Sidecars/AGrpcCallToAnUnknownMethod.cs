using Grpc.Core;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class AGrpcCallToAnUnknownMethod
{
    [Theory]
    [InlineData("dapr.proto.runtime.v1.Dapr", "NoSuch", null, "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found")]
    [InlineData("dapr.proto.runtime.v1.AppCallback", "OnTopicEvent", null, "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found")]
    [InlineData("my.Service", "Call", null, "cannot proxy request: missing dapr-callee-app-id or dapr-app-id metadata")]
    [InlineData("grpc.health.v1.Health", "Check", null, "cannot proxy request: missing dapr-callee-app-id or dapr-app-id metadata")]
    [InlineData("my.Service", "Call", "unknown-app", "timeout waiting for address for app id unknown-app")]
    public async Task is_unknown_and_not_unimplemented(string service, string method, string? appId, string text)
    {
        await using var sidecar = await RunningSidecar.StartAsync();

        var error = await Should.ThrowAsync<RpcException>(() => CallAsync(sidecar, service, method, appId));

        error.StatusCode.ShouldBe(StatusCode.Unknown);
        error.Status.Detail.ShouldBe(text);
    }

    [Fact]
    public async Task finds_nobody_listening_when_it_is_meant_for_the_own_app()
    {
        await using var sidecar = await RunningSidecar.StartAsync();

        var error = await Should.ThrowAsync<RpcException>(() => CallAsync(sidecar, "my.Service", "Call", "things-bff"));

        error.StatusCode.ShouldBe(StatusCode.Unavailable);
        error.Status.Detail.ShouldBe("connection error: desc = \"transport: Error while dialing: dial tcp 127.0.0.1:0: connect: connection refused\"");
    }

    private static async Task CallAsync(RunningSidecar sidecar, string service, string name, string? appId)
    {
        var bytes = Marshallers.Create(value => value, (byte[] value) => value);
        var method = new Method<byte[], byte[]>(MethodType.Unary, service, name, bytes, bytes);
        var metadata = new Metadata();
        if (appId is not null)
            metadata.Add("dapr-app-id", appId);
        using var call = sidecar.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(metadata, cancellationToken: TestContext.Current.CancellationToken), []);
        await call;
    }
}
