using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CloudNative.BuildingBlocks.Buckets;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.BuildingBlocks.State;
using CloudNative.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CloudNative.SearchBff.Tests;

/// <summary>The whole service in this process: its HTTP pipeline on a free port over state and bucket in memory and an embedded index on disk.</summary>
internal sealed class SearchService : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly string folder;
    private int delivered;

    private SearchService(WebApplication app, RecordingPublisher published, InMemoryStateStore store, ThingsBucket bucket, string folder)
    {
        this.app = app;
        this.folder = folder;
        (Published, Store, Bucket) = (published, store, bucket);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public RecordingPublisher Published { get; }

    public InMemoryStateStore Store { get; }

    public ThingsBucket Bucket { get; }

    public HttpClient Http { get; }

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<SearchService> StartAsync(Action<IServiceCollection>? replace = null, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("search-").FullName;
        var builder = WebApplication.CreateSlimBuilder(
            ["--APP_PORT=0", "--APP_ID=search-bff", $"--EmbeddedIndex:Folder={folder}", "--Rebuild:Poll=00:00:00.02", "--Rebuild:Patience=00:00:00.2", .. settings]);
        var (published, store, bucket) = (new RecordingPublisher(), new InMemoryStateStore(), new ThingsBucket());
        builder.Services.AddSingleton<IEventPublisher>(published).AddSingleton<IStateStore>(store).AddSingleton<IBucket>(bucket);
        replace?.Invoke(builder.Services);
        builder.AddServiceDefaults();
        builder.AddSearch();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapListener();
        app.MapSearch();
        await app.StartAsync(Token);
        return new SearchService(app, published, store, bucket, folder);
    }

    /// <summary>An event of a thing as things-bff emits it.</summary>
    public static string Event(string type, string id, long version, string? name, string? description = null, long timestamp = 1_795_618_800_000)
    {
        var image = new JsonObject { ["id"] = id, ["name"] = name };
        if (description is not null)
            image["description"] = description;
        var thing = new JsonObject { [type == "thing-deleted" ? "old" : "new"] = image };
        return new JsonObject
        {
            ["id"] = $"{id}-{version}",
            ["type"] = type,
            ["timestamp"] = timestamp,
            ["partitionKey"] = id,
            ["version"] = version,
            ["thing"] = thing,
        }.ToJsonString();
    }

    /// <summary>Delivers as the sidecar does; answers the status the sidecar reads.</summary>
    public async Task<string> DeliverAsync(string data, string attributes = "", string id = "ce-1")
    {
        var body = $$"""{"specversion":"1.0","id":"{{id}}","type":"com.dapr.event.sent","time":"2026-11-25T15:00:00Z","data":{{data}}{{attributes}}""" + "}";
        using var content = new StringContent(body, Encoding.UTF8, "application/cloudevents+json");
        using var response = await Http.PostAsync("/events", content, Token);
        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        return answer.RootElement.GetProperty("status").GetString()!;
    }

    /// <summary>Delivers the notifications published so far, in order; answers the last status.</summary>
    public async Task<string> NotifyAsync()
    {
        var status = "SUCCESS";
        while (delivered < Published.Published.Count && status == "SUCCESS")
        {
            var next = Published.Published[delivered];
            if (next.Topic == "things-bucket")
                status = await DeliverAsync(Encoding.UTF8.GetString(next.Document.Span), id: next.Id);
            delivered += status == "SUCCESS" ? 1 : 0;
        }

        return status;
    }

    /// <summary>Delivers an event and the notification that follows.</summary>
    public async Task TellAsync(string data)
    {
        (await DeliverAsync(data)).ShouldBe("SUCCESS");
        (await NotifyAsync()).ShouldBe("SUCCESS");
    }

    public async Task<(int Status, string Body, string? Next)> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path, Token);
        var next = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token), next);
    }

    public async Task<string[]> IdsAsync(string text)
    {
        var (status, body, _) = await GetAsync($"/search?limit=100&q={Uri.EscapeDataString(text)}");
        status.ShouldBe(200, body);
        return [.. JsonNode.Parse(body)!.AsArray().Select(hit => hit!["id"]!.GetValue<string>())];
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync(Token);
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
