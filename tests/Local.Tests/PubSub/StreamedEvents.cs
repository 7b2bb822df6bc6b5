using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CloudNative.Local.Faults;
using Microsoft.AspNetCore.Http;

namespace CloudNative.Local.Tests.PubSub;

/// <summary>An app with a sidecar on <c>pubsub.sqlite</c>, subscribed to <c>events</c> over lanes; what it answers to each event is the test's.</summary>
internal sealed class StreamedEvents : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly HttpClient http = new();
    private readonly ListeningApp app;
    private readonly PubSubSidecar sidecar;
    private readonly string publish;

    private StreamedEvents(ListeningApp app, PubSubSidecar sidecar)
    {
        this.app = app;
        this.sidecar = sidecar;
        publish = $"http://127.0.0.1:{sidecar.Sidecar.Options.HttpPort}/v1.0/publish/event-stream/";
    }

    public static async Task<StreamedEvents> StartAsync(
        string database, string appId, int lanes, Func<StreamedEvent, Task<int>> answer, IFaultSwitches? faults = null)
    {
        var subscriptions = Enumerable.Range(1, lanes).Select(lane =>
            $$$"""{"pubsubname":"event-stream","topic":"{{{(lanes == 1 ? "events" : $"events/lane-{lane}")}}}","route":"/events","metadata":{"initialPosition":"trim_horizon"}}""");
        var app = await ListeningApp.StartAsync((request, context) => AnswerAsync(request, context, $"[{string.Join(',', subscriptions)}]", answer));
        var component = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: event-stream}\n"
            + $"spec:\n  type: pubsub.sqlite\n  version: v1\n  metadata:\n  - {{name: connectionString, value: \"{database}\"}}\n";
        var sidecar = await PubSubSidecar.StartAsync(appId, [component], app.Port, faults: faults);
        await sidecar.Sidecar.Ready.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        return new StreamedEvents(app, sidecar);
    }

    public async Task<HttpResponseMessage> TryPublishAsync(string json, string topic = "events", string query = "")
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await http.PostAsync(new Uri($"{publish}{topic}{query}"), content, TestContext.Current.CancellationToken);
    }

    public async Task PublishAsync(string key, int number)
    {
        using var answer = await TryPublishAsync($$"""{"n":{{number}}}""", query: $"?metadata.partitionKey={key}");
        ((int)answer.StatusCode).ShouldBe(204);
    }

    /// <summary>Ends the sidecar in order, as a stopping runtime does.</summary>
    public Task StopAsync() => sidecar.Sidecar.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await sidecar.DisposeAsync();
        await app.DisposeAsync();
        http.Dispose();
    }

    private static async Task AnswerAsync(AppRequest request, HttpContext context, string subscriptions, Func<StreamedEvent, Task<int>> answer)
    {
        if (request.Target == "/dapr/subscribe")
            await context.Response.WriteAsync(subscriptions, context.RequestAborted);
        else if (request.Target == "/events")
            context.Response.StatusCode = await answer(StreamedEvent.Of(request));
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}

internal sealed record StreamedEvent(string Key, int Number, int Attempt)
{
    public static StreamedEvent Of(AppRequest request) => new(
        Uri.UnescapeDataString(request.Headers["__partitionkey"]),
        JsonElement.Parse(request.Body).GetProperty("data").GetProperty("n").GetInt32(),
        int.Parse(request.Headers["__attempt"], System.Globalization.CultureInfo.InvariantCulture));
}

/// <summary>Collects events until there are as many as the test waits for.</summary>
internal sealed class Arrivals(int expected)
{
    private readonly TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<StreamedEvent> events = [];
    private int count;

    public IReadOnlyList<StreamedEvent> Events => [.. events];

    public void Add(StreamedEvent arrived)
    {
        events.Enqueue(arrived);
        if (Interlocked.Increment(ref count) >= expected)
            all.TrySetResult();
    }

    public Task AllAsync() => all.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
}
