using System.Globalization;
using System.Text;
using System.Text.Json;
using CloudNative.BuildingBlocks.Directories;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.BuildingBlocks.State;
using CloudNative.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.AnalyticsBff.Tests;

/// <summary>The whole service in this process, on a free port, over a state store and a lake in memory. Its clock stands at 2026-11-25T15:00:00Z.</summary>
internal sealed class AnalyticsService : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 25, 15, 0, 0, TimeSpan.Zero);
    private readonly WebApplication app;

    private AnalyticsService(WebApplication app, FakeTimeProvider time, RecordingPublisher published, InMemoryStateStore store, LakeInMemory lake)
    {
        this.app = app;
        (Time, Published, Store, Lake) = (time, published, store, lake);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        lake.Deliver = body => PostAsync(body);
    }

    public FakeTimeProvider Time { get; }

    public RecordingPublisher Published { get; }

    public InMemoryStateStore Store { get; }

    public LakeInMemory Lake { get; }

    public HttpClient Http { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<AnalyticsService> StartAsync(params string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(["--APP_PORT=0", "--APP_ID=analytics-bff", .. settings]);
        var time = new FakeTimeProvider(Start);
        var (published, store, lake) = (new RecordingPublisher(), new InMemoryStateStore(time), new LakeInMemory());
        builder.Services.AddSingleton<TimeProvider>(time).AddSingleton<IEventPublisher>(published).AddSingleton<IStateStore>(store);
        builder.Services.AddSingleton<ICursorKey>(new KnownCursorKey("a key for tests"));
        builder.AddServiceDefaults();
        builder.AddAnalytics();
        builder.Services.AddSingleton<IDataLake>(lake);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapListener();
        app.MapAnalytics();
        await app.StartAsync(Token);
        return new AnalyticsService(app, time, published, store, lake);
    }

    public static string Event(string id, string type = "purple", string key = "u-1", string time = "2026-11-25T15:00:00Z") =>
        $$"""{"id":{{JsonSerializer.Serialize(id)}},"type":{{JsonSerializer.Serialize(type)}},"timestamp":{{Milliseconds(time)}},"partitionKey":{{JsonSerializer.Serialize(key)}},"tags":{} }""";

    public static string Retraction(string id, string of, string type = "purple", string key = "u-1", string time = "2026-11-25T15:00:00Z") =>
        $$"""{"id":"{{id}}","type":"retraction","timestamp":{{Milliseconds(time)}},"partitionKey":"{{key}}","tags":{},"retraction":{"id":"{{of}}","type":"{{type}}","timestamp":{{Milliseconds(time)}} } }""";

    public static long Milliseconds(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    /// <summary>Delivers as the sidecar does; answers the status the sidecar reads.</summary>
    public Task<string> DeliverAsync(string data, string attributes = "") =>
        PostAsync($$"""{"specversion":"1.0","id":"ce-1","type":"com.dapr.event.sent","time":"2026-11-25T15:00:00Z","data":{{data}}{{attributes}}""" + "}");

    public async Task DeliverAllAsync(params IEnumerable<string> documents)
    {
        var statuses = await Task.WhenAll(documents.Select(document => DeliverAsync(document)));
        statuses.ShouldAllBe(status => status == "SUCCESS");
    }

    public async Task<(int Status, string Body, string? Next)> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path, Token);
        var next = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token), next);
    }

    public async Task<string> QueryAsync(string parameters = "")
    {
        var (status, body, _) = await GetAsync($"/query?{parameters}");
        status.ShouldBe(200, body);
        return body;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    private async Task<string> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/cloudevents+json");
        using var response = await Http.PostAsync("/events", content, Token);
        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        return answer.RootElement.GetProperty("status").GetString()!;
    }
}
