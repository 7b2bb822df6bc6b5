using CloudNative.Local.Configurations;
using CloudNative.Local.Secrets;
using CloudNative.Local.Sidecars;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using DaprClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class ConfiguringASidecar
{
    [Fact]
    public async Task a_denied_secret_is_refused_whether_it_exists_or_not_and_left_out_of_all()
    {
        await using var sidecar = await StartAsync("secrets: {scopes: [{storeName: secrets, defaultAccess: deny, allowedSecrets: [a]}]}", Given.Secrets(new TwoSecrets()));
        var client = new DaprClient(sidecar.Channel);

        (await sidecar.SendRawAsync("GET /v1.0/secrets/secrets/a")).Body.ShouldBe("""{"a":"one"}""");
        foreach (var key in (string[])["b", "missing"])
        {
            var refused = await sidecar.SendRawAsync($"GET /v1.0/secrets/secrets/{key}");
            refused.Status.ShouldBe(403);
            refused.Body.ShouldBe($$"""{"errorCode":"ERR_PERMISSION_DENIED","message":"access denied by policy to get \"{{key}}\" from \"secrets\""}""");
        }
        (await sidecar.SendRawAsync("GET /v1.0/secrets/secrets/bulk")).Body.ShouldBe("""{"a":{"a":"one"}}""");
        var denied = await Should.ThrowAsync<RpcException>(async () =>
            await client.GetSecretAsync(new GetSecretRequest { StoreName = "secrets", Key = "b" }, cancellationToken: TestContext.Current.CancellationToken));
        denied.Status.ShouldBe(new Status(StatusCode.PermissionDenied, "access denied by policy to get \"b\" from \"secrets\""), new StatusComparer());
    }

    [Fact]
    public async Task an_api_that_is_not_allowed_is_not_there()
    {
        await using var sidecar = await StartAsync("api: {allowed: [{name: state, version: v1}]}", Given.State());
        var client = new DaprClient(sidecar.Channel);

        (await sidecar.SendRawAsync("GET /v1.0/state/things/x")).Status.ShouldBe(204);
        (await sidecar.SendRawAsync("GET /v1.0/healthz")).Status.ShouldBe(204);
        foreach (var target in (string[])["/v1.0/metadata", "/v1.0/invoke/things-bff/method/x", "/anything"])
        {
            var hidden = await sidecar.SendRawAsync($"GET {target}");
            hidden.Status.ShouldBe(404);
            hidden.Body.ShouldBe("404 page not found\n");
            hidden.Headers["x-content-type-options"].ShouldBe("nosniff");
        }
        var unimplemented = await Should.ThrowAsync<RpcException>(async () =>
            await client.GetMetadataAsync(new GetMetadataRequest(), cancellationToken: TestContext.Current.CancellationToken));
        unimplemented.Status.ShouldBe(new Status(StatusCode.Unimplemented, "Not Implemented"), new StatusComparer());
    }

    private static Task<RunningSidecar> StartAsync(string spec, SidecarComponents components) => RunningSidecar.StartAsync(
        new SidecarOptions("things-bff", 0, 0) { Configuration = ConfigurationFile.Parse($"spec: {{{spec}}}") }, components);

    private sealed class TwoSecrets : ISecretStore
    {
        private static readonly Dictionary<string, string> Values = new() { ["a"] = "one", ["b"] = "two" };

        public IReadOnlyDictionary<string, string> Get(string name) => new Dictionary<string, string> { [name] = Values[name] };

        public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll() =>
            Values.Keys.ToDictionary(name => name, Get);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class StatusComparer : IEqualityComparer<Status>
    {
        public bool Equals(Status x, Status y) => x.StatusCode == y.StatusCode && x.Detail == y.Detail;

        public int GetHashCode(Status status) => (status.StatusCode, status.Detail).GetHashCode();
    }
}
