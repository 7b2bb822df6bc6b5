using CloudNative.Local.Faults;
using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars;
using CloudNative.Local.State;
using Dapr;
using Dapr.Client;
using Grpc.Core;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class KeepingStateThroughASidecar
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task the_official_client_reads_what_it_saved_and_loses_under_a_stale_etag()
    {
        await using var sidecar = await RunningSidecar.StartAsync(Given.State());
        using var client = Client(sidecar);

        await client.SaveStateAsync("things", "a", new Thing("one"), cancellationToken: Ct);
        var (found, etag) = await client.GetStateAndETagAsync<Thing>("things", "a", cancellationToken: Ct);
        var first = await client.TrySaveStateAsync("things", "a", new Thing("two"), etag, cancellationToken: Ct);
        var second = await client.TrySaveStateAsync("things", "a", new Thing("three"), etag, cancellationToken: Ct);
        var deleted = await client.TryDeleteStateAsync("things", "a", etag, cancellationToken: Ct);
        var kept = await client.GetStateAsync<Thing>("things", "a", cancellationToken: Ct);

        found.ShouldBe(new Thing("one"));
        first.ShouldBeTrue();
        second.ShouldBeFalse();
        deleted.ShouldBeFalse();
        kept.ShouldBe(new Thing("two"));
    }

    [Fact]
    public async Task a_conflict_inside_a_transaction_is_internal_and_stores_nothing()
    {
        await using var sidecar = await RunningSidecar.StartAsync(Given.State());
        using var client = Client(sidecar);
        await client.SaveStateAsync("things", "a", 1, cancellationToken: Ct);
        StateTransactionRequest[] operations =
        [
            new("before", "1"u8.ToArray(), StateOperationType.Upsert),
            new("a", "2"u8.ToArray(), StateOperationType.Upsert, etag: "stale"),
        ];

        var error = await Should.ThrowAsync<DaprException>(() => client.ExecuteStateTransactionAsync("things", operations, cancellationToken: Ct));

        error.InnerException.ShouldBeOfType<RpcException>().StatusCode.ShouldBe(StatusCode.Internal);
        (await client.GetStateAsync<int?>("things", "before", cancellationToken: Ct)).ShouldBeNull();
        (await client.GetStateAsync<int>("things", "a", cancellationToken: Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task a_value_over_http_is_written_again_and_read_by_either_protocol()
    {
        await using var sidecar = await RunningSidecar.StartAsync(Given.State());
        using var client = Client(sidecar);

        var saved = await sidecar.SendRawAsync("POST /v1.0//state/things/", body: """[{"Key":"a/b","value":{ "z": 1.0, "a": "<" }}] trailing""");
        var read = await sidecar.SendRawAsync("GET /v1.0/state/things/a%2Fb");
        var bulk = await sidecar.SendRawAsync("POST /v1.0/state/things/bulk", body: """{"keys":["a/b","none"]}""");
        var both = await client.GetBulkStateAsync("things", ["a/b"], null, cancellationToken: Ct);

        saved.Status.ShouldBe(204);
        read.Body.ShouldBe("""{"a":"\u003c","z":1}""");
        read.Headers["content-type"].ShouldBe("application/json");
        bulk.Body.ShouldBe($$"""[{"key":"a/b","data":{"a":"\u003c","z":1},"etag":"{{read.Headers["etag"]}}"},{"key":"none"}]""" + "\n");
        both.Single().Value.ShouldBe(read.Body);
    }

    [Theory]
    [InlineData("POST /v1.0/state/things", "", 400, """{"errorCode":"ERR_MALFORMED_REQUEST","message":"EOF"}""")]
    [InlineData("POST /v1.0/state/things", "[1]", 400, """{"errorCode":"ERR_MALFORMED_REQUEST","message":"json: cannot unmarshal number into Go value of type state.SetRequest"}""")]
    [InlineData("POST /v1.0/state/things", "[{}]", 400, """{"errorCode":"ERR_MALFORMED_REQUEST","message":"\"key\" is a required field"}""")]
    [InlineData("POST /v1.0/state/things", """[{"key":"a","etag":"x"}]""", 409, """{"errorCode":"ERR_STATE_SAVE","message":"failed saving state in state store things: possible etag mismatch. error from state store: state not exist or expired for key=things-bff||a"}""")]
    [InlineData("POST /v1.0/state/things/bulk", "[]", 400, """{"errorCode":"ERR_MALFORMED_REQUEST","message":"failed deserializing HTTP body: json: cannot unmarshal array into Go value of type http.BulkGetRequest"}""")]
    [InlineData("POST /v1.0/state/things/transaction", """{"operations":[{"operation":"UPSERT"}]}""", 400, """{"errorCode":"ERR_NOT_SUPPORTED_STATE_OPERATION","message":"operation type UPSERT not supported"}""")]
    [InlineData("POST /v1.0/state/things/transaction", """{"operations":[{"operation":"delete","request":{"key":["a"]}}]}""", 400, """{"errorCode":"ERR_MALFORMED_REQUEST","message":"failed deserializing HTTP body: 1 error(s) decoding:\n\n* 'Key' expected type 'string', got unconvertible type '[]interface {}', value: '[a]'"}""")]
    [InlineData("GET /v1.0/state/nope/a", "", 400, """{"errorCode":"ERR_STATE_STORE_NOT_FOUND","message":"state store nope is not found","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":{"appID":"things-bff"},"reason":"DAPR_STATE_NOT_FOUND"}]}""")]
    [InlineData("POST /v1.0-alpha1/state/things/query", "{}", 500, """{"errorCode":"ERR_STATE_STORE_NOT_SUPPORTED","message":"state store does not support querying","details":[{"@type":"type.googleapis.com/google.rpc.ResourceInfo","description":"","owner":"","resource_name":"things","resource_type":"state"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":null,"reason":"DAPR_STATE_QUERYING_NOT_SUPPORTED"}]}""")]
    public async Task a_request_that_cannot_be_done_is_refused_in_daprds_words(string request, string body, int status, string answer)
    {
        await using var sidecar = await RunningSidecar.StartAsync(Given.State());

        var refused = await sidecar.SendRawAsync(request, body: body);

        refused.Status.ShouldBe(status);
        refused.Body.ShouldBe(answer);
    }

    [Fact]
    public async Task a_component_that_a_switch_holds_back_fails_every_call()
    {
        await using var sidecar = await RunningSidecar.StartAsync(new SidecarOptions("things-bff", 0, 0), Given.State(), RunningSidecar.Services(new Refusing("things")));
        using var client = Client(sidecar);

        var read = await sidecar.SendRawAsync("GET /v1.0/state/things/a");
        var saved = await sidecar.SendRawAsync("POST /v1.0/state/things", body: """[{"key":"a","value":1}]""");
        var error = await Should.ThrowAsync<DaprException>(() => client.GetBulkStateAsync("things", ["a"], null, cancellationToken: Ct));

        read.Status.ShouldBe(500);
        read.Body.ShouldBe("""{"errorCode":"ERR_STATE_GET","message":"fail to get a from state store things: held back"}""");
        saved.Status.ShouldBe(500);
        saved.Body.ShouldBe("""{"errorCode":"ERR_STATE_SAVE","message":"failed saving state in state store things: held back"}""");
        var status = error.InnerException.ShouldBeOfType<RpcException>().Status;
        status.StatusCode.ShouldBe(StatusCode.Unknown);
        status.Detail.ShouldBe("held back");
    }

    [Theory]
    [InlineData(null, null, "things-bff||")]
    [InlineData("appid", null, "things-bff||")]
    [InlineData("name", null, "things||")]
    [InlineData("namespace", "prod", "prod.things-bff||")]
    [InlineData("namespace", null, "things-bff||")]
    [InlineData("none", null, "")]
    [InlineData("Shared-Prefix", null, "shared-prefix||")]
    public void a_key_is_prefixed_by_the_components_strategy(string? strategy, string? space, string prefix)
    {
        var metadata = new Dictionary<string, string>();
        if (strategy is not null)
            metadata["keyprefix"] = strategy;
        var resource = new Component("things", "state.in-memory", "v1", metadata, [], false, "test.yaml");

        StateApiKeys.Prefix(resource, new SidecarOptions("things-bff", 0, 0) { Namespace = space }).ShouldBe(prefix);
    }

    [Fact]
    public void a_prefix_that_holds_the_separator_cannot_be_used()
    {
        var resource = new Component("things", "state.in-memory", "v1", new Dictionary<string, string> { ["keyPrefix"] = "a||b" }, [], false, "test.yaml");

        Should.Throw<ComponentInitException>(() => StateApiKeys.Prefix(resource, new SidecarOptions("x", 0, 0))).Message.ShouldContain("things");
    }

    private static DaprClient Client(RunningSidecar sidecar) => new DaprClientBuilder()
        .UseHttpEndpoint($"http://127.0.0.1:{sidecar.Sidecar.Options.HttpPort}")
        .UseGrpcEndpoint($"http://127.0.0.1:{sidecar.Sidecar.Options.GrpcPort}")
        .Build();

    private sealed record Thing(string Name);

    private sealed class Refusing(string name) : IFaultSwitches
    {
        public ValueTask PassAsync(string component, CancellationToken cancellationToken) =>
            component == name ? throw new ComponentException("held back") : ValueTask.CompletedTask;
    }
}
