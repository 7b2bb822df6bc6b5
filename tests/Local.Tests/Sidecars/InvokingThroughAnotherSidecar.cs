using System.Text;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Sidecars.Peers;
using CloudNative.Local.Resources;
using CloudNative.Local.Tests.PubSub;
using Microsoft.AspNetCore.Http;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class InvokingThroughAnotherSidecar : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task the_callee_gets_the_request_and_its_token_and_the_caller_the_answer()
    {
        AppRequest? received = null;
        await using var app = await ListeningApp.StartAsync((request, context) =>
        {
            received = request;
            context.Response.StatusCode = 201;
            context.Response.Headers["x-app"] = "yes";
            return context.Response.WriteAsync("made");
        });
        await using var callee = await RunningSidecar.StartAsync(
            new SidecarOptions("stock-keeper", 0, 0, app.Port) { InternalPort = 0, AppApiToken = "app-s3cret", ApiToken = "s3cret" });
        await using var caller = await CallerAsync(callee.Sidecar.Options.InternalPort!.Value);

        var answer = await caller.SendRawAsync("POST /v1.0/invoke/stock-keeper/method/a//b?x=%2F", "x-custom: 1\r\ndapr-api-token: from-caller\r\n", "text");

        answer.Status.ShouldBe(201);
        answer.Headers["x-app"].ShouldBe("yes");
        answer.Headers["content-type"].ShouldBe("text/plain; charset=utf-8");
        answer.Body.ShouldContain("made");
        received.ShouldNotBeNull();
        (received.Verb, received.Target, Encoding.UTF8.GetString(received.Body)).ShouldBe(("POST", "/a/b?x=%2F", "text"));
        received.Headers["dapr-caller-app-id"].ShouldBe("order-taker");
        received.Headers["dapr-callee-app-id"].ShouldBe("stock-keeper");
        received.Headers["dapr-api-token"].ShouldBe("app-s3cret");
        received.Headers["traceparent"].ShouldBe(RunningSidecar.Zeros);
        received.Headers["x-custom"].ShouldBe("1");
    }

    [Fact]
    public async Task an_answer_without_body_or_type_is_labelled_json_unless_it_is_204()
    {
        await using var app = await ListeningApp.StartAsync((request, context) =>
        {
            context.Response.StatusCode = int.Parse(request.Target[1..], System.Globalization.CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        await using var callee = await RunningSidecar.StartAsync(new SidecarOptions("stock-keeper", 0, 0, app.Port) { InternalPort = 0 });
        await using var caller = await CallerAsync(callee.Sidecar.Options.InternalPort!.Value);

        (await caller.SendRawAsync("GET /v1.0/invoke/stock-keeper/method/404")).Headers["content-type"].ShouldBe("application/json");
        (await caller.SendRawAsync("GET /v1.0/invoke/stock-keeper/method/204")).Headers.ShouldNotContainKey("content-type");
    }

    [Fact]
    public async Task an_app_that_is_not_there_is_told_in_the_words_of_its_own_sidecar()
    {
        await using var callee = await RunningSidecar.StartAsync(new SidecarOptions("stock-keeper", 0, 0) { InternalPort = 0 });
        await using var caller = await CallerAsync(callee.Sidecar.Options.InternalPort!.Value);

        var answer = await caller.SendRawAsync("GET /v1.0/invoke/stock-keeper/method/x");

        answer.Status.ShouldBe(500);
        answer.Body.ShouldBe("""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: stock-keeper, err: cannot invoke local endpoint: app channel not initialized"}""");
    }

    [Fact]
    public async Task a_sidecar_that_is_gone_is_tried_three_times_more()
    {
        int port;
        await using (var callee = await RunningSidecar.StartAsync(new SidecarOptions("stock-keeper", 0, 0) { InternalPort = 0 }))
            port = callee.Sidecar.Options.InternalPort!.Value;
        var asked = 0;
        var services = RunningSidecar.Services(peers: id =>
        {
            Interlocked.Increment(ref asked);
            return new Peer(id, null, null) { InternalPort = port };
        });
        await using var caller = await RunningSidecar.StartAsync(Quick("DaprBuiltInServiceRetries: {duration: 1ms, maxRetries: 3}"), null, services);

        var answer = await caller.SendRawAsync("GET /v1.0/invoke/stock-keeper/method/x");

        answer.Status.ShouldBe(500);
        answer.Body.ShouldBe($$"""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: stock-keeper, err: failed to invoke target stock-keeper after 3 retries. Error: rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp 127.0.0.1:{{port}}: connect: connection refused\""}""");
        asked.ShouldBe(5);
    }

    [Fact]
    public void a_sidecar_is_found_while_its_process_lives_and_remembered_when_it_left()
    {
        var peers = new PeerFolder(folder.Root);
        peers.Find("stock-keeper").ShouldBeNull();

        using (peers.Register("stock-keeper", 4711))
            peers.Find("stock-keeper").ShouldBe(4711);

        peers.Find("stock-keeper").ShouldBe(4711);
        new PeerFolder(folder.Root).Find("stock-keeper").ShouldBeNull();
    }

    [Theory]
    [InlineData("1 0 4711")]
    [InlineData("words")]
    [InlineData("")]
    public void what_a_killed_one_left_behind_is_passed_over(string left)
    {
        folder.Write("app-stock-keeper/1", left);

        new PeerFolder(folder.Root).Find("stock-keeper").ShouldBeNull();
    }

    [Fact]
    public void an_id_that_looks_like_a_path_stays_inside()
    {
        var peers = new PeerFolder(folder.Folder("peers"));

        using var registration = peers.Register("../up", 4711);

        peers.Find("../up").ShouldBe(4711);
        Directory.GetFileSystemEntries(folder.Root).Select(Path.GetFileName).ShouldBe(["peers"]);
    }

    private static Task<RunningSidecar> CallerAsync(int internalPort) => RunningSidecar.StartAsync(
        new SidecarOptions("order-taker", 0, 0), null, RunningSidecar.Services(peers: id => new Peer(id, null, null) { InternalPort = internalPort }));

    private SidecarOptions Quick(string retry)
    {
        folder.Write("r.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {{name: r}}\nspec: {{policies: {{retries: {{{retry}}}}}}}\n");
        return new SidecarOptions("order-taker", 0, 0)
        {
            Resiliency = Local.Resiliency.ResiliencyPolicies.From(
                ResourceLoader.Load([folder.Root]).Documents, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance),
        };
    }
}
