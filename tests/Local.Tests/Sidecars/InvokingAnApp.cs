using System.Text;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Tests.PubSub;
using Microsoft.AspNetCore.Http;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class InvokingAnApp
{
    private const string NoRoute = """{"errorCode":"ERR_DIRECT_INVOKE","message":"failed getting app id either from the URL path or the header dapr-app-id"}""";

    [Theory]
    [InlineData("/v1.0/invoke/things-bff/method/a/b", "/a/b")]
    [InlineData("/v1.0/invoke/things-bff/method/a%2Fb", "/a/b")]
    [InlineData("/v1.0/invoke/things-bff/method/a//b/../c/", "/a/c")]
    [InlineData("/v1.0/invoke/things-bff/method/a%20b", "/a%20b")]
    [InlineData("/v1.0/invoke/things-bff/method/a+b", "/a+b")]
    [InlineData("/v1.0/invoke/things-bff/method/%C3%BC", "/%C3%BC")]
    [InlineData("/v1.0/invoke/things-bff/method/a?q=%2F+%20&q=2", "/a?q=%2F+%20&q=2")]
    [InlineData("/v1.0/invoke/things-bff/method/", "/")]
    public async Task the_path_is_cleaned_and_the_query_is_kept(string sent, string received)
    {
        await using var app = await ListeningApp.StartAsync((_, context) => context.Response.WriteAsync(RawTarget(context)));
        await using var sidecar = await RunningSidecar.StartAsync(new SidecarOptions("things-bff", 0, 0, app.Port));

        var answer = await sidecar.SendRawAsync($"GET {sent}");

        answer.Status.ShouldBe(200);
        answer.Headers["content-type"].ShouldBe("text/plain; charset=utf-8");
        answer.Body.ShouldContain(received + "\r\n");
    }

    [Theory]
    [InlineData("dapr-app-id: things-bff\r\n")]
    [InlineData("Authorization: Basic ZGFwci1hcHAtaWQ6dGhpbmdzLWJmZg==\r\n")]
    public async Task a_header_makes_any_path_an_invocation(string header)
    {
        AppRequest? received = null;
        await using var app = await ListeningApp.StartAsync((request, context) =>
        {
            received = request;
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "/x";
            return Task.CompletedTask;
        });
        await using var sidecar = await RunningSidecar.StartAsync(new SidecarOptions("things-bff", 0, 0, app.Port) { AppApiToken = "app-s3cret" });

        var answer = await sidecar.SendRawAsync("POST /echo?x=1", header + "dapr-api-token: from-caller\r\nx-custom: 1\r\n", "text");

        answer.Status.ShouldBe(302);
        answer.Headers["location"].ShouldBe("/x");
        received.ShouldNotBeNull();
        received.Verb.ShouldBe("POST");
        received.Target.ShouldBe("/echo?x=1");
        Encoding.UTF8.GetString(received.Body).ShouldBe("text");
        received.Headers["x-custom"].ShouldBe("1");
        received.Headers["dapr-api-token"].ShouldBe("app-s3cret");
        received.Headers["traceparent"].ShouldBe(RunningSidecar.Zeros);
        received.Headers.ShouldNotContainKey("dapr-app-id");
        received.Headers.ShouldNotContainKey("dapr-caller-app-id");
    }

    [Fact]
    public async Task another_app_of_the_run_learns_who_calls()
    {
        AppRequest? received = null;
        await using var app = await ListeningApp.StartAsync((request, _) =>
        {
            received = request;
            return Task.CompletedTask;
        });
        var services = RunningSidecar.Services(peers: id => id == "stock-keeper" ? new Peer(id, app.Port, null) : null);
        await using var sidecar = await RunningSidecar.StartAsync(new SidecarOptions("order-taker", 0, 0), null, services);

        var answer = await sidecar.SendRawAsync("GET /v1.0/invoke/stock-keeper/method/echo");

        answer.Status.ShouldBe(200);
        received.ShouldNotBeNull().Headers["dapr-caller-app-id"].ShouldBe("order-taker");
        received.Headers["dapr-callee-app-id"].ShouldBe("stock-keeper");
    }

    [Theory]
    [InlineData("/v1.0/invoke/unknown-app/method/x", 500, """{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: unknown-app, err: couldn't find service: unknown-app"}""")]
    [InlineData("/v1.0/invoke/things-bff/method", 404, NoRoute)]
    [InlineData("/v1.0/invoke//method/x", 404, NoRoute)]
    [InlineData("/v1.0/invoke/things-bff/method/a%3Fb", 500, """{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: things-bff, err: rpc error: code = InvalidArgument desc = invalid method: method contains forbidden character: \"a?b\""}""")]
    public async Task a_call_that_reaches_nobody_says_why(string target, int status, string body)
    {
        await using var sidecar = await RunningSidecar.StartAsync();

        var answer = await sidecar.SendRawAsync($"GET {target}");

        answer.Status.ShouldBe(status);
        answer.Body.ShouldBe(body);
    }

    [Fact]
    public async Task an_app_that_does_not_listen_is_a_refused_connection()
    {
        int port;
        await using (var app = await ListeningApp.StartAsync((_, _) => Task.CompletedTask))
            port = app.Port;
        await using var sidecar = await RunningSidecar.StartAsync(new SidecarOptions("things-bff", 0, 0, port));

        var answer = await sidecar.SendRawAsync("GET /v1.0/invoke/things-bff/method/x");

        answer.Status.ShouldBe(500);
        answer.Body.ShouldBe($$"""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: things-bff, err: Get \"http://127.0.0.1:{{port}}/x\": dial tcp 127.0.0.1:{{port}}: connect: connection refused"}""");
    }

    [Fact]
    public async Task a_body_without_a_length_is_passed_on_in_chunks()
    {
        AppRequest? received = null;
        await using var app = await ListeningApp.StartAsync((request, context) =>
        {
            received = request;
            return context.Response.WriteAsync("ok");
        });
        await using var sidecar = await RunningSidecar.StartAsync(new SidecarOptions("things-bff", 0, 0, app.Port));

        var answer = await sidecar.SendRawAsync(
            "POST /v1.0/invoke/things-bff/method/echo", "Transfer-Encoding: chunked\r\n", "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");

        answer.Status.ShouldBe(200, answer.Body);
        Encoding.UTF8.GetString(received.ShouldNotBeNull().Body).ShouldBe("onetwo");
        received.Headers["transfer-encoding"].ShouldBe("chunked");
    }

    [Theory]
    [InlineData("", "", @"readfrom tcp 127\.0\.0\.1:\d+-\\u003e127\.0\.0\.1:PORT: ")]
    [InlineData("Transfer-Encoding: chunked\r\n", "\r\n0\r\n\r\n", "")]
    public async Task a_body_above_the_limit_is_cut_off_and_the_caller_told(string header, string tail, string end)
    {
        await using var app = await ListeningApp.StartAsync((_, context) => context.Response.WriteAsync("ok"));
        await using var sidecar = await RunningSidecar.StartAsync(new SidecarOptions("things-bff", 0, 0, app.Port) { MaxBodySizeBytes = 256 });

        var answer = await sidecar.SendRawAsync("POST /v1.0/invoke/things-bff/method/echo", header, (header.Length > 0 ? "12c\r\n" : "") + new string('x', 300) + tail);

        answer.Status.ShouldBe(500);
        answer.Body.ShouldMatch($"""^{"{"}"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: things-bff, err: Post .*: {end.Replace("PORT", $"{app.Port}", StringComparison.Ordinal)}stream too large"{"}"}$""");
    }

    private static string RawTarget(HttpContext context) =>
        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
}
