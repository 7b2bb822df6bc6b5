using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CloudNative.BuildingBlocks.Directories;
using CloudNative.BuildingBlocks.Entities;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;
using CloudNative.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CloudNative.ThingsBff;

/// <summary>The service as it ships, on a free port of this process, over a store of the test's choice.</summary>
internal sealed class ThingsService : IAsyncDisposable
{
    private readonly WebApplication app;

    private ThingsService(WebApplication app)
    {
        this.app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Http { get; }

    /// <summary>Of a service started over it.</summary>
    public InMemoryThings InMemory => (InMemoryThings)app.Services.GetRequiredService<IEntityStore<Thing>>();

    /// <summary>Of a service started over the entity store.</summary>
    public InMemoryStateStore State => (InMemoryStateStore)app.Services.GetRequiredService<IStateStore>();

    /// <summary>The API over a store that notes its calls.</summary>
    public static Task<ThingsService> StartAsync(InMemoryThings? things = null, params (string Key, string Value)[] settings) =>
        StartAsync(
            builder =>
            {
                builder.AddThingsApi();
                builder.Services.AddSingleton<IEntityStore<Thing>>(things ?? new InMemoryThings());
            },
            settings);

    /// <summary>The whole service; only Dapr's state, secrets and stream are stood in for.</summary>
    public static Task<ThingsService> StartOverEntityStoreAsync() => StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<IStateStore>(new InMemoryStateStore());
            builder.Services.AddSingleton<IEventPublisher>(new RecordingPublisher());
            builder.Services.AddSingleton<ICursorKey>(new KnownCursorKey("a key for tests"));
            builder.AddThings();
        },
        []);

    /// <summary>All events told once there are as many as expected; one too many shows in the count.</summary>
    public async Task<IReadOnlyList<ToldEvent>> EventsAsync(int count)
    {
        var publisher = (RecordingPublisher)app.Services.GetRequiredService<IEventPublisher>();
        return [.. (await publisher.WaitForAsync(count, TestContext.Current.CancellationToken)).Select(ToldEvent.From)];
    }

    /// <summary>The answer to a query that must be executed: its whole body.</summary>
    public async Task<JsonElement> AskAsync(string query, object? variables = null)
    {
        var (status, body) = await PostAsync(query, variables);
        status.ShouldBe(HttpStatusCode.OK);
        return body;
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string query, object? variables = null, string accept = "application/json") =>
        PostTextAsync(JsonSerializer.Serialize(new { query, variables }), accept: accept);

    public async Task<(HttpStatusCode Status, JsonElement Body)> PostTextAsync(
        string text, string? contentType = "application/json", string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };
        if (contentType is not null)
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        request.Headers.Accept.ParseAdd(accept);
        return await SendAsync(request);
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string pathAndQuery, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, pathAndQuery);
        request.Headers.Accept.ParseAdd(accept);
        return await SendAsync(request);
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var body = JsonDocument.Parse(text);
        return (response.StatusCode, body.RootElement.Clone());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    private static async Task<ThingsService> StartAsync(Action<WebApplicationBuilder> compose, (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("GraphiQL:Install", "false"), new("GraphiQL:Folder", "no-graphiql-here")]);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        compose(builder);
        var app = builder.Build();
        app.MapThings();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ThingsService(app);
    }
}
