using CloudNative.Local.Sidecars;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class GuardingASidecar
{
    private static readonly SidecarOptions WithToken = new("things-bff", 0, 0) { ApiToken = "s3cret" };
    private static readonly SidecarOptions Small = new("things-bff", 0, 0) { MaxBodySizeBytes = 256 };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET /v1.0/state/things/x", "")]
    [InlineData("GET /v1.0/state/things/x", "dapr-api-token: wrong\r\n")]
    [InlineData("GET /v1.0/state/things/x", "dapr-api-token: \r\n")]
    [InlineData("GET /v1.0/state/things/x", "authorization: Bearer s3cret\r\n")]
    [InlineData("GET /v1.0/unknown", "")]
    [InlineData("POST /v1.0/healthz", "")]
    [InlineData("GET /v1.0/invoke/things-bff/method/echo", "")]
    public async Task a_request_without_the_token_is_401_whatever_it_asks(string request, string headers)
    {
        await using var sidecar = await RunningSidecar.StartAsync(WithToken, Given.State());

        var answer = await sidecar.SendRawAsync(request, headers);

        answer.Status.ShouldBe(401);
        answer.Body.ShouldBe("invalid api token\n");
        answer.Headers["content-type"].ShouldBe("text/plain; charset=utf-8");
        answer.Headers["x-content-type-options"].ShouldBe("nosniff");
    }

    [Theory]
    [InlineData("GET /v1.0/state/things/x", "dapr-api-token: s3cret\r\n")]
    [InlineData("GET /v1.0/healthz/outbound", "")]
    public async Task a_request_with_the_token_passes_and_health_needs_none(string request, string headers)
    {
        await using var sidecar = await RunningSidecar.StartAsync(WithToken, Given.State());

        (await sidecar.SendRawAsync(request, headers)).Status.ShouldBe(204);
    }

    [Theory]
    [InlineData(null, "missing api token in request metadata")]
    [InlineData("wrong", "authentication error: api token mismatch")]
    public async Task a_call_without_the_token_is_unauthenticated(string? token, string reason)
    {
        await using var sidecar = await RunningSidecar.StartAsync(WithToken, Given.State());

        var error = await Should.ThrowAsync<RpcException>(() => GetAsync(sidecar, token));

        error.StatusCode.ShouldBe(StatusCode.Unauthenticated);
        error.Status.Detail.ShouldBe("Unauthorized");
        var info = error.GetRpcStatus()!.GetDetail<ErrorInfo>()!;
        info.Metadata["http.code"].ShouldBe("401");
        info.Metadata["http.error_message"].ShouldBe(reason);
    }

    [Fact]
    public async Task a_call_with_the_token_passes()
    {
        await using var sidecar = await RunningSidecar.StartAsync(WithToken, Given.State());

        (await GetAsync(sidecar, "s3cret")).Etag.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("POST /v1.0/state/things", "stream too large")]
    [InlineData("POST /v1.0/state/things/bulk", "failed deserializing HTTP body: stream too large")]
    public async Task a_body_above_the_limit_is_400(string request, string message)
    {
        await using var sidecar = await RunningSidecar.StartAsync(Small, Given.State());

        var answer = await sidecar.SendRawAsync(request, body: $$"""[{"key":"a","value":"{{new string('x', 300)}}"}]""");

        answer.Status.ShouldBe(400);
        answer.Body.ShouldBe($$"""{"errorCode":"ERR_MALFORMED_REQUEST","message":"{{message}}"}""");
    }

    [Fact]
    public async Task a_message_above_the_limit_is_exhausted_in_either_direction()
    {
        await using var sidecar = await RunningSidecar.StartAsync(Small, Given.State());
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(sidecar.Channel);
        foreach (var key in (string[])["a", "b"])
            await client.SaveStateAsync(Save(key, 200), cancellationToken: Ct);

        var received = await Should.ThrowAsync<RpcException>(async () => await client.SaveStateAsync(Save("c", 300), cancellationToken: Ct));
        var sent = await Should.ThrowAsync<RpcException>(async () =>
            await client.GetBulkStateAsync(new GetBulkStateRequest { StoreName = "things", Keys = { "a", "b" } }, cancellationToken: Ct));

        received.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        received.Status.Detail.ShouldStartWith("grpc: received message larger than max (");
        sent.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        sent.Status.Detail.ShouldStartWith("grpc: trying to send message larger than max (");
    }

    private static SaveStateRequest Save(string key, int bytes) => new()
    {
        StoreName = "things",
        States = { new StateItem { Key = key, Value = ByteString.CopyFrom(new byte[bytes]) } },
    };

    private static async Task<GetStateResponse> GetAsync(RunningSidecar sidecar, string? token)
    {
        var headers = new Metadata();
        if (token is not null)
            headers.Add("dapr-api-token", token);
        return await new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(sidecar.Channel)
            .GetStateAsync(new GetStateRequest { StoreName = "things", Key = "x" }, headers, cancellationToken: Ct);
    }
}
