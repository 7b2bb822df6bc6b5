using System.Text;
using CloudNative.Local.Resiliency;
using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Tests.PubSub;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class InvokingUnderAPolicy : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly List<string> bodies = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task an_answer_above_399_is_repeated_with_the_same_body()
    {
        await using var app = await ListeningApp.StartAsync(FailsTwiceAsync);
        await using var sidecar = await StartAsync(app, "retries: {p: {duration: 1ms, maxRetries: 3}}", "retry: p");

        var answer = await sidecar.SendRawAsync("POST /v1.0/invoke/things-bff/method/x", body: "text");

        answer.Status.ShouldBe(200);
        bodies.ShouldBe(["text", "text", "text"]);
    }

    [Fact]
    public async Task the_last_answer_is_the_callers_when_the_retries_are_over()
    {
        await using var app = await ListeningApp.StartAsync(FailsTwiceAsync);
        await using var sidecar = await StartAsync(app, "retries: {p: {duration: 1ms, maxRetries: 1}}", "retry: p");

        var answer = await sidecar.SendRawAsync("GET /v1.0/invoke/things-bff/method/x");

        answer.Status.ShouldBe(503);
        answer.Body.ShouldContain("busy 2");
        bodies.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("retries: {p: {duration: 1ms, maxRetries: 3, matching: {httpStatusCodes: \"500\"}}}", "")]
    [InlineData("retries: {p: {duration: 1ms, maxRetries: 3}}", "Transfer-Encoding: chunked\r\n")]
    public async Task a_code_that_does_not_match_and_a_chunked_body_are_not_repeated(string policies, string header)
    {
        await using var app = await ListeningApp.StartAsync(FailsTwiceAsync);
        await using var sidecar = await StartAsync(app, policies, "retry: p");

        var answer = await sidecar.SendRawAsync("POST /v1.0/invoke/things-bff/method/x", header, header.Length > 0 ? "4\r\ntext\r\n0\r\n\r\n" : "text");

        answer.Status.ShouldBe(503);
        bodies.ShouldBe(["text"]);
    }

    [Fact]
    public async Task a_timeout_is_told_in_gos_words()
    {
        await using var app = await ListeningApp.StartAsync((_, context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        await using var sidecar = await StartAsync(app, "timeouts: {p: 50ms}", "timeout: p");

        var answer = await sidecar.SendRawAsync("GET /v1.0/invoke/things-bff/method/x");

        answer.Status.ShouldBe(500);
        answer.Body.ShouldBe("""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: things-bff, err: context deadline exceeded"}""");
    }

    private async Task FailsTwiceAsync(AppRequest request, HttpContext context)
    {
        bodies.Add(Encoding.UTF8.GetString(request.Body));
        if (bodies.Count > 2)
            return;
        context.Response.StatusCode = 503;
        await context.Response.WriteAsync($"busy {bodies.Count}");
    }

    private Task<RunningSidecar> StartAsync(ListeningApp app, string policies, string target)
    {
        folder.Write("r.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {{name: r}}\nspec: {{policies: {{{policies}}}, targets: {{apps: {{things-bff: {{{target}}}}}}}}}\n");
        var documents = ResourceLoader.Load([folder.Root]).Documents;
        return RunningSidecar.StartAsync(new SidecarOptions("things-bff", 0, 0, app.Port)
        {
            Resiliency = ResiliencyPolicies.From(documents, TimeProvider.System, NullLoggerFactory.Instance),
        });
    }
}
