using System.Text;
using CloudNative.Local.Bindings;
using CloudNative.Local.Resources;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class UsingABinding
{
    [Fact]
    public async Task the_data_is_written_again_and_the_answer_is_labelled_json()
    {
        var binding = new Recorder(new BindingResponse("plain"u8.ToArray(), new Dictionary<string, string> { ["statusCode"] = "200" }));
        await using var sidecar = await RunningSidecar.StartAsync(Given.Binding(binding));

        var answer = await sidecar.SendRawAsync(
            "POST /v1.0/bindings/details", body: """{"Operation":"create","data":{"b":1.50,"a":"&"},"metadata":{"fileName":"x"}}""");

        answer.Status.ShouldBe(200);
        answer.Body.ShouldBe("plain");
        answer.Headers["content-type"].ShouldBe("application/json");
        answer.Headers["metadata.statusCode"].ShouldBe("200");
        Encoding.UTF8.GetString(binding.Request!.Data.Span).ShouldBe("""{"a":"\u0026","b":1.5}""");
        binding.Request.Metadata["fileName"].ShouldBe("x");
        binding.Request.Metadata["traceparent"].ShouldBe(RunningSidecar.Zeros);
    }

    [Fact]
    public async Task no_answer_at_all_is_204()
    {
        await using var sidecar = await RunningSidecar.StartAsync(Given.Binding(new Recorder(null)));

        (await sidecar.SendRawAsync("POST /v1.0/bindings/details", body: """{"operation":"delete"}""")).Status.ShouldBe(204);
    }

    [Theory]
    [InlineData("details", """{"operation":"purge"}""", 500, "ERR_INVOKE_OUTPUT_BINDING", "error invoking output binding details: binding details does not support operation purge. supported operations:create delete")]
    [InlineData("details", "{}", 500, "ERR_INVOKE_OUTPUT_BINDING", "error invoking output binding details: operation field is missing from request")]
    [InlineData("nope", """{"operation":"create"}""", 500, "ERR_INVOKE_OUTPUT_BINDING", "error invoking output binding nope: couldn't find output binding nope")]
    [InlineData("details", "", 400, "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: EOF")]
    [InlineData("details", """{"operation":"create","metadata":{"n":1}}""", 400, "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: json: cannot unmarshal number into Go struct field OutputBindingRequest.metadata of type string")]
    public async Task a_request_that_cannot_be_done_is_refused(string name, string body, int status, string code, string message)
    {
        await using var sidecar = await RunningSidecar.StartAsync(Given.Binding(new Recorder(null)));

        var answer = await sidecar.SendRawAsync($"POST /v1.0/bindings/{name}", body: body);

        answer.Status.ShouldBe(status);
        answer.Body.ShouldBe($$"""{"errorCode":"{{code}}","message":"{{message}}"}""");
    }

    [Fact]
    public async Task a_failure_still_tells_its_metadata_over_both_protocols()
    {
        var failing = new Recorder(null) { Failure = new BindingException("received status code 404", new Dictionary<string, string> { ["statusCode"] = "404" }) };
        await using var sidecar = await RunningSidecar.StartAsync(Given.Binding(failing));
        var request = new InvokeBindingRequest { Name = "details", Operation = "create", Data = ByteString.CopyFromUtf8("x") };

        var answer = await sidecar.SendRawAsync("POST /v1.0/bindings/details", body: """{"operation":"create"}""");
        using var call = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(sidecar.Channel).InvokeBindingAsync(request, cancellationToken: TestContext.Current.CancellationToken);
        var headers = await call.ResponseHeadersAsync;
        var error = await Should.ThrowAsync<RpcException>(async () => await call);

        answer.Status.ShouldBe(500);
        answer.Headers["metadata.statusCode"].ShouldBe("404");
        answer.Body.ShouldBe("""{"errorCode":"ERR_INVOKE_OUTPUT_BINDING","message":"error invoking output binding details: received status code 404"}""");
        headers.GetValue("metadata.statuscode").ShouldBe("404");
        error.StatusCode.ShouldBe(StatusCode.Internal);
        error.Status.Detail.ShouldBe("error invoking output binding details: received status code 404");
    }

    private sealed class Recorder(BindingResponse? response) : IOutputBinding
    {
        public BindingRequest? Request { get; private set; }

        public ComponentException? Failure { get; init; }

        public IReadOnlyList<string> Operations { get; } = ["create", "delete"];

        public ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
        {
            Request = request;
            return Failure is null ? ValueTask.FromResult(response) : throw Failure;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
