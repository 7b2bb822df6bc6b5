using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CloudNative.SearchBff.Indexing;
using CloudNative.SearchBff.OpenSearch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CloudNative.SearchBff.Tests.OpenSearch;

/// <summary>One request and its answer. A null <paramref name="Body"/> is any body (the recording only describes it).</summary>
internal sealed record Exchange(string Method, string Path, IReadOnlyList<JsonNode>? Body, int Status, string ContentType, string Answer)
{
    public bool IsUsed { get; set; }
}

/// <summary>
/// A server that answers as a real node was recorded to, each exchange in its turn and the last fitting one from then on. It refuses, and notes,
/// what no recording contains. Members of a search that only shape its answer, <c>filter_path</c> and <c>require_alias</c> need not be recorded.
/// </summary>
internal sealed class RecordedOpenSearch : IAsyncDisposable
{
    private static readonly string[] Shaping = ["size", "sort", "track_scores", "track_total_hits", "_source", "version", "seq_no_primary_term", "aliases"];
    private readonly WebApplication app;
    private readonly List<Exchange> exchanges;
    private readonly Lock gate = new();

    private RecordedOpenSearch(WebApplication app, List<Exchange> exchanges) => (this.app, this.exchanges) = (app, exchanges);

    /// <summary>Requests that no recording contains.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>Authorization headers and bodies as they came, newest last.</summary>
    public List<(string Path, string Authorization, string Body)> Received { get; } = [];

    public ISearchIndex Index => Services.GetRequiredService<ISearchIndex>();

    public BulkWriter Bulk => Services.GetRequiredService<BulkWriter>();

    public OpenSearchClient Client => Services.GetRequiredService<OpenSearchClient>();

    private ServiceProvider Services { get; set; } = null!;

    /// <param name="from">Where a recording begins, by what the step says; null at its start.</param>
    public static Task<RecordedOpenSearch> OfAsync(string recording, string? from = null) =>
        StartAsync(Exchanges(recording, from));

    public static async Task<RecordedOpenSearch> StartAsync(IEnumerable<Exchange> exchanges, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new RecordedOpenSearch(app, [.. exchanges]);
        app.Run(server.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        server.Services = ClientOf(app.Urls.Single(), settings);
        return server;
    }

    public static List<Exchange> Exchanges(string recording, string? from = null)
    {
        var steps = RecordedFile.Read(recording)["steps"]!.AsArray().Select(step => step!.AsObject()).Where(step => step.ContainsKey("send")).ToList();
        var start = from is null ? 0 : steps.FindIndex(step => step["says"]?.GetValue<string>().StartsWith(from, StringComparison.Ordinal) ?? false);
        start.ShouldBeGreaterThanOrEqualTo(0, $"{recording} says nothing of '{from}'");
        return [.. steps.Skip(start).Select(step => Read(step["send"]!.AsObject(), step["answer"]!.AsObject()))];
    }

    /// <summary>Fails where the adapter sent anything that no recording contains.</summary>
    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await app.DisposeAsync();
        Refused.ShouldBeEmpty();
    }

    private static Exchange Read(JsonObject send, JsonObject answer)
    {
        var http = send["http"]!.GetValue<string>().Split(' ', 2);
        IReadOnlyList<JsonNode>? body = send["json"] is { } json ? [json] : send["text"] is { } text ? Lines(text.GetValue<string>()) : [];
        var type = answer["headers"]?["content-type"]?.GetValue<string>() ?? "application/json; charset=UTF-8";
        return new Exchange(http[0], http[1], body, answer["status"]!.GetValue<int>(), type, answer["json"]?.ToJsonString() ?? answer["text"]?.GetValue<string>() ?? "");
    }

    private static IReadOnlyList<JsonNode>? Lines(string text) =>
        text.StartsWith('<') ? null : TryParse(text);

    private static List<JsonNode>? TryParse(string text)
    {
        try
        {
            return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static ServiceProvider ClientOf(string url, (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OpenSearch:Url"] = url,
            ["OpenSearch:Replicas"] = "0",
            ["OpenSearch:Backoff"] = "00:00:00.001",
        }).AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddSingleton(TimeProvider.System);
        services.TryAddOpenSearch(configuration).ShouldBeTrue();
        return services.BuildServiceProvider();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var path = context.Request.Path.Value + context.Request.QueryString.Value;
        var exchange = Take(context.Request.Method, path, body, context.Request.Headers.Authorization.ToString());
        context.Response.StatusCode = exchange?.Status ?? StatusCodes.Status418ImATeapot;
        if (exchange is null || exchange.Answer.Length == 0)
            return;
        context.Response.ContentType = exchange.ContentType;
        await context.Response.WriteAsync(exchange.Answer, context.RequestAborted);
    }

    private Exchange? Take(string method, string path, string body, string authorization)
    {
        lock (gate)
        {
            Received.Add((path, authorization, body));
            var fitting = exchanges.Where(exchange => exchange.Method == method && PathOf(exchange.Path) == PathOf(path) && Fits(exchange, body)).ToList();
            var exchange = fitting.FirstOrDefault(candidate => !candidate.IsUsed) ?? fitting.LastOrDefault();
            if (exchange is null)
                Refused.Add(string.Create(CultureInfo.InvariantCulture, $"{method} {path} {body}"));
            else
                exchange.IsUsed = true;
            return exchange;
        }
    }

    // What only shapes or guards an answer is not part of the question.
    private static string PathOf(string path)
    {
        var (resource, query) = path.Split('?', 2) is [var before, var behind] ? (before, behind) : (path, "");
        var parameters = query.Split('&').Where(p => !p.StartsWith("filter_path=", StringComparison.Ordinal) && p != "require_alias=true").Order(StringComparer.Ordinal);
        return $"{resource}?{string.Join('&', parameters)}";
    }

    private static bool Fits(Exchange exchange, string body)
    {
        if (exchange.Body is not { } expected)
            return true;
        var sent = TryParse(body) ?? [];
        return sent.Count == expected.Count && sent.Zip(expected).All(pair => JsonNode.DeepEquals(WithoutShape(pair.First), WithoutShape(pair.Second)));
    }

    private static JsonNode WithoutShape(JsonNode node)
    {
        if (node is not JsonObject whole || !(whole.ContainsKey("query") || whole.ContainsKey("mappings")))
            return node;
        var question = whole.DeepClone().AsObject();
        foreach (var member in Shaping)
            question.Remove(member);
        return question;
    }
}
