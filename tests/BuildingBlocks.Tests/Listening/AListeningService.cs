using System.Collections.Concurrent;
using System.Text;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CloudNative.BuildingBlocks.Tests.Listening;

/// <summary>A service of one listener, started in this process behind its real HTTP pipeline, with a publisher that remembers.</summary>
public sealed class AListeningService : IAsyncDisposable
{
    private readonly WebApplication app;

    private AListeningService(WebApplication app, RememberingPublisher published)
    {
        this.app = app;
        Published = published;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    internal RememberingPublisher Published { get; }

    public HttpClient Http { get; }

    public static async Task<AListeningService> StartAsync(EventHandling handling, params string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(["--APP_PORT=0", "--APP_ID=orders", .. settings]);
        builder.AddServiceDefaults();
        var published = new RememberingPublisher();
        builder.Services.AddSingleton<IEventPublisher>(published);
        builder.Services.AddListener().On("order-submitted", handling);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapListener();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AListeningService(app, published);
    }

    public async Task<(int Status, string Body)> DeliverAsync(string body, params (string Name, string Value)[] headers)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/cloudevents+json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync(TestContext.Current.CancellationToken);
        await app.DisposeAsync();
    }
}

internal sealed class RememberingPublisher : IEventPublisher
{
    public ConcurrentQueue<OutgoingEvent> Events { get; } = new();

    public int FailuresToCome { get; set; }

    public ValueTask PublishAsync(OutgoingEvent outgoing, CancellationToken cancellationToken)
    {
        if (FailuresToCome-- > 0)
            throw new EventPublishException("away");
        Events.Enqueue(outgoing);
        return ValueTask.CompletedTask;
    }
}
