using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CloudNative.BuildingBlocks.Entities;
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

    private ThingsService(WebApplication app, string address, IEntityStore<Thing> things)
    {
        this.app = app;
        Things = things;
        Http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Http { get; }

    public IEntityStore<Thing> Things { get; }

    public static Task<ThingsService> StartOverEntityStoreAsync() => StartAsync();

    public Task<IReadOnlyList<ToldEvent>> EventsAsync(int count) => InMemory.Events.WaitForAsync(count);

    public InMemoryThings InMemory => (InMemoryThings)Things;

    public static async Task<ThingsService> StartAsync(IEntityStore<Thing>? things = null, params (string Key, string Value)[] settings)
    {
        var store = things ?? new InMemoryThings();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("GraphiQL:Install", "false"), new("GraphiQL:Folder", "no-graphiql-here")]);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.AddThingsApi();
        builder.Services.AddSingleton(store);
        var app = builder.Build();
        app.MapThings();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ThingsService(app, app.Urls.First(), store);
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
}
