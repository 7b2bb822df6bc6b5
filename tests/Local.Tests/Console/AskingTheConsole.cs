using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CloudNative.Local.Apps;
using CloudNative.Local.Faults;
using CloudNative.Local.Resources;
using CloudNative.Local.RunFiles;
using Microsoft.AspNetCore.Builder;

namespace CloudNative.Local.Console;

public sealed class AskingTheConsole : IAsyncLifetime
{
    private readonly ScratchFolder folder = new();
    private readonly HttpClient http = new();
    private readonly FaultSwitches faults = new(TimeProvider.System);
    private readonly TaskCompletionSource stopped = new();
    private AppStatus app = new("orders", AppState.Running, true, true, 12, 0, null, "http://127.0.0.1:8001", "http://127.0.0.1:3501", "http://127.0.0.1:50101");
    private WebApplication console = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var port = Ports.OneFree(null);
        console = ConsoleServer.Build(port, new ConsoleSource(
            () => RunStatus.Of([app]), id => Path.Combine(folder.Root, id + ".log"), faults, new HashSet<string> { "things" }, () => stopped.SetResult()));
        await console.StartAsync(Cancellation);
        http.BaseAddress = new Uri($"http://127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        await console.DisposeAsync();
        http.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task is_healthy_when_every_app_and_sidecar_is_ready()
    {
        using var answer = await http.GetAsync("/healthz", Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldBe("ready");
    }

    [Theory]
    [InlineData(AppState.Waiting, "orders (ended with exit code 3, started again soon)")]
    [InlineData(AppState.Running, "sidecar of orders")]
    [InlineData(AppState.Starting, "orders")]
    public async Task names_what_is_not_ready(AppState state, string named)
    {
        app = app with { State = state, IsReady = false, LastExitCode = 3 };

        using var answer = await http.GetAsync("/healthz", Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!["notReady"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldBe(named);
    }

    [Fact]
    public async Task shows_apps_as_a_page_and_as_json()
    {
        app = app with { Id = "<orders>" };

        var page = await http.GetStringAsync("/", Cancellation);
        var apps = await http.GetFromJsonAsync<JsonObject>("/apps", Cancellation);

        page.ShouldContain("&lt;orders&gt;");
        page.ShouldContain("http://127.0.0.1:8001");
        apps!["apps"]![0]!["id"]!.GetValue<string>().ShouldBe("<orders>");
        apps["apps"]![0]!["state"]!.GetValue<string>().ShouldBe("Running");
    }

    [Fact]
    public async Task shows_the_log_of_an_app_it_knows_and_no_other_file()
    {
        folder.Write("orders.log", "a line\n");
        folder.Write("other.log", "secret\n");

        (await http.GetStringAsync("/logs/orders", Cancellation)).ShouldBe("a line\n");
        using var other = await http.GetAsync("/logs/other", Cancellation);

        other.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.Content.ReadAsStringAsync(Cancellation)).ShouldNotContain("secret");
    }

    [Fact]
    public async Task switches_a_fault_on_and_off()
    {
        (await SwitchAsync("""{"component":"things","mode":"refuse","seconds":30}""")).Status.ShouldBe(HttpStatusCode.NoContent);
        await Should.ThrowAsync<ComponentException>(() => faults.PassAsync("things", Cancellation).AsTask());

        (await SwitchAsync("""{"component":"things","mode":"off"}""")).Status.ShouldBe(HttpStatusCode.NoContent);
        await faults.PassAsync("things", Cancellation);
    }

    [Theory]
    [InlineData("""{"mode":"refuse"}""", "component must be one of: things.")]
    [InlineData("""{"component":"nope","mode":"refuse"}""", "component must be one of: things.")]
    [InlineData("""{"component":"things","mode":"explode"}""", "mode must be refuse, delay or off.")]
    [InlineData("""{"component":"things","mode":"refuse","seconds":0}""", "seconds must be above 0")]
    [InlineData("""{"component":"things","mode":"refuse","seconds":1e9}""", "seconds must be above 0")]
    [InlineData("""{"component":"things","mode":"delay"}""", "delayMs must be")]
    [InlineData("""{"component":""", "The body is no fault switch")]
    [InlineData("null", "The body is empty.")]
    public async Task refuses_a_switch_that_makes_no_sense(string body, string detail)
    {
        var (status, problem) = await SwitchAsync(body);

        status.ShouldBe(HttpStatusCode.BadRequest);
        problem.ShouldContain(detail);
    }

    [Theory]
    [InlineData("Host", "rebound.example")]
    [InlineData("Origin", "http://elsewhere.example")]
    [InlineData("Origin", "null")]
    public async Task answers_no_page_of_elsewhere(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/stop");
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await http.SendAsync(request, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        stopped.Task.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task stops_the_host_when_asked_to()
    {
        using var answer = await http.PostAsync("/stop", null, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(5), Cancellation);
    }

    private async Task<(HttpStatusCode Status, string Body)> SwitchAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/faults/switch", content, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
