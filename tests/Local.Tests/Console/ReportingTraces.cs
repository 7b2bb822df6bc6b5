using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CloudNative.Local.Faults;
using CloudNative.Local.RunFiles;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CloudNative.Local.Console;

/// <summary>With the exporter that the services use.</summary>
public sealed class ReportingTraces : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private readonly ActivitySource things = new($"things-{Guid.NewGuid()}");
    private readonly ActivitySource lake = new($"lake-{Guid.NewGuid()}");
    private WebApplication console = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var port = Ports.OneFree(null);
        console = ConsoleServer.Build(port, new ConsoleSource(() => RunStatus.Of([]), id => id, new FaultSwitches(TimeProvider.System), new HashSet<string>(), () => { }));
        await console.StartAsync(Cancellation);
        http.BaseAddress = new Uri($"http://127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        await console.DisposeAsync();
        things.Dispose();
        lake.Dispose();
        http.Dispose();
    }

    [Fact]
    public async Task shows_the_spans_of_several_apps_as_one_tree()
    {
        string trace;
        using (Reporting("things-bff", things))
        using (Reporting("data-lake", lake))
        {
            using var mutation = things.StartActivity("POST /graphql", ActivityKind.Server)!;
            trace = mutation.TraceId.ToHexString();
            using var handled = lake.StartActivity("event <handled>", ActivityKind.Consumer)!;
            handled.SetStatus(ActivityStatusCode.Error);
        }

        var shown = (await http.GetFromJsonAsync<JsonArray>("/traces", Cancellation))!.ShouldHaveSingleItem()!;
        var page = await http.GetStringAsync($"/traces/{trace}", Cancellation);

        shown["id"]!.GetValue<string>().ShouldBe(trace);
        shown["hasFailed"]!.GetValue<bool>().ShouldBeTrue();
        shown["services"]!.ToJsonString().ShouldBe("""["things-bff","data-lake"]""");
        shown["spans"]!.AsArray().Select(span => $"{span!["depth"]} {span["service"]} {span["name"]} {span["kind"]} {span["hasFailed"]}")
            .ShouldBe(["0 things-bff POST /graphql Server false", "1 data-lake event <handled> Consumer true"]);
        shown["durationMs"]!.GetValue<double>().ShouldBeGreaterThan(0);
        page.ShouldContain("event &lt;handled&gt;");
        (await http.GetStringAsync("/", Cancellation)).ShouldContain($"<a href=\"/traces/{trace}\">POST /graphql</a>");
    }

    [Fact]
    public async Task keeps_the_last_thousand_spans()
    {
        using (Reporting("things-bff", things))
        {
            for (var n = 0; n < 1_010; n++)
                things.StartActivity($"span-{n}")!.Dispose();
        }

        var traces = (await http.GetFromJsonAsync<JsonArray>("/traces", Cancellation))!;

        traces.Count.ShouldBe(1_000);
        traces[0]!["spans"]![0]!["name"]!.GetValue<string>().ShouldBe("span-1009");
        traces[^1]!["spans"]![0]!["name"]!.GetValue<string>().ShouldBe("span-10");
    }

    [Theory]
    [InlineData("application/x-protobuf", "garbage", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "{}", HttpStatusCode.UnsupportedMediaType)]
    public async Task refuses_what_is_no_OTLP_in_protobuf(string contentType, string body, HttpStatusCode status)
    {
        using var content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(contentType));
        using var answer = await http.PostAsync("/v1/traces", content, Cancellation);

        answer.StatusCode.ShouldBe(status);
        (await http.GetStringAsync("/traces", Cancellation)).ShouldBe("[]");
    }

    [Theory]
    [InlineData("/v1/metrics")]
    [InlineData("/v1/logs")]
    public async Task accepts_metrics_and_logs_and_keeps_none(string path)
    {
        using var answer = await http.PostAsync(path, new ByteArrayContent([1, 2, 3]), Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty();
        (await http.GetStringAsync("/traces", Cancellation)).ShouldBe("[]");
    }

    [Fact]
    public async Task says_how_to_get_traces_where_there_are_none_and_knows_no_other_trace()
    {
        using var answer = await http.GetAsync("/traces/0123", Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!["detail"]!.GetValue<string>().ShouldContain("0123");
        (await http.GetStringAsync("/", Cancellation)).ShouldContain("--telemetry");
    }

    private TracerProvider Reporting(string service, ActivitySource source) => Sdk.CreateTracerProviderBuilder()
        .AddSource(source.Name)
        .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(service))
        .AddOtlpExporter(otlp =>
        {
            otlp.Endpoint = new Uri(http.BaseAddress!, "/v1/traces");
            otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
            otlp.ExportProcessorType = ExportProcessorType.Simple;
        })
        .Build();
}
