using CloudNative.Local.Resources;
using CloudNative.Local.Secrets;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class ReadingSecretsThroughASidecar
{
    [Theory]
    [InlineData("/v1.0/secrets/secrets/a", 200, """{"a":"\u003cone\u003e"}""")]
    [InlineData("/v1.0/secrets/secrets/bulk", 200, """{"a":{"a":"\u003cone\u003e"}}""")]
    [InlineData("/v1.0/secrets/secrets/b", 500, """{"errorCode":"ERR_SECRET_GET","message":"failed getting secret with key b from secret store secrets: secret b not found"}""")]
    [InlineData("/v1.0/secrets/nope/a", 401, """{"errorCode":"ERR_SECRET_STORE_NOT_FOUND","message":"failed finding secret store with key nope"}""")]
    public async Task each_answer_is_daprds(string target, int status, string body)
    {
        await using var sidecar = await RunningSidecar.StartAsync(Given.Secrets(new OneSecret()));

        var answer = await sidecar.SendRawAsync($"GET {target}");

        answer.Status.ShouldBe(status);
        answer.Body.ShouldBe(body);
    }

    [Fact]
    public async Task without_any_store_the_precondition_fails()
    {
        await using var sidecar = await RunningSidecar.StartAsync();
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(sidecar.Channel);

        var error = await Should.ThrowAsync<RpcException>(async () =>
            await client.GetSecretAsync(new GetSecretRequest { StoreName = "secrets", Key = "a" }, cancellationToken: TestContext.Current.CancellationToken));

        error.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        error.Status.Detail.ShouldBe("secret store is not configured");
    }

    private sealed class OneSecret : ISecretStore
    {
        private readonly Dictionary<string, string> _secret = new() { ["a"] = "<one>" };

        public IReadOnlyDictionary<string, string> Get(string name) => name == "a" ? _secret : throw new ComponentException($"secret {name} not found");

        public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll() =>
            new Dictionary<string, IReadOnlyDictionary<string, string>> { ["a"] = _secret };

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
