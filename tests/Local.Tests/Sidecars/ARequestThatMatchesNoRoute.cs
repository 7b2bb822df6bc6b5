namespace CloudNative.Local.Tests.Sidecars;

public sealed class ARequestThatMatchesNoRoute
{
    private const string NoRoute = """{"errorCode":"ERR_DIRECT_INVOKE","message":"failed getting app id either from the URL path or the header dapr-app-id"}""";

    [Theory]
    [InlineData("GET /")]
    [InlineData("GET /v1.0")]
    [InlineData("GET /v1.0/unknown")]
    [InlineData("POST /v1.0/unknown/x")]
    [InlineData("PATCH /v1.0/state/things")]
    [InlineData("GET /V1.0/metadata")]
    [InlineData("GET /v2.0/metadata")]
    [InlineData("GET /v1.0/shutdown")]
    [InlineData("GET /dapr/config")]
    [InlineData("GET /v1.0/state/things/..")]
    [InlineData("GET /v1.0/state/things/a/b")]
    [InlineData("OPTIONS /v1.0/state/things/a")]
    public async Task is_taken_for_an_invocation_without_app_id(string request)
    {
        await using var sidecar = await RunningSidecar.StartAsync();

        var answer = await sidecar.SendRawAsync(request);

        answer.Status.ShouldBe(404);
        answer.Body.ShouldBe(NoRoute);
        answer.Headers["content-type"].ShouldBe("application/json");
        answer.Headers["traceparent"].ShouldBe(RunningSidecar.Zeros);
        answer.Headers.ShouldNotContainKey("server");
    }

    [Fact]
    public async Task has_no_body_when_the_verb_is_head()
    {
        await using var sidecar = await RunningSidecar.StartAsync();

        var answer = await sidecar.SendRawAsync("HEAD /v1.0/healthz");

        answer.Status.ShouldBe(404);
        answer.Body.ShouldBeEmpty();
        answer.Headers.ShouldNotContainKey("traceparent");
    }

    [Fact]
    public async Task is_refused_by_the_server_when_an_escape_is_cut_short()
    {
        await using var sidecar = await RunningSidecar.StartAsync();

        var answer = await sidecar.SendRawAsync("GET /v1.0/state/things/a%2");

        answer.Status.ShouldBe(400);
        answer.Body.ShouldBe("400 Bad Request");
    }

    [Fact]
    public async Task carries_the_callers_trace_context_back()
    {
        await using var sidecar = await RunningSidecar.StartAsync();
        const string sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

        var answer = await sidecar.SendRawAsync("GET /v1.0/unknown", $"traceparent: {sent}\r\ntracestate: a=b\r\nbaggage: k=v\r\n");

        answer.Headers["traceparent"].ShouldBe(sent);
        answer.Headers["tracestate"].ShouldBe("a=b");
        answer.Headers["baggage"].ShouldBe("k=v");
    }
}
