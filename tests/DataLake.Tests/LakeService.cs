using System.Text;
using System.Text.Json;
using CloudNative.BuildingBlocks.Buckets;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.BuildingBlocks.State;
using CloudNative.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CloudNative.DataLake.Tests;

/// <summary>The whole service in this process: its HTTP pipeline on a free port and its loops, over an index and a bucket in memory.</summary>
internal sealed class LakeService : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly WebApplication app;

    private LakeService(WebApplication app, RecordingPublisher published, InMemoryStateStore store, MemoryBucket bucket)
    {
        this.app = app;
        (Published, Store, Bucket) = (published, store, bucket);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public RecordingPublisher Published { get; }

    public InMemoryStateStore Store { get; }

    public MemoryBucket Bucket { get; }

    public HttpClient Http { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<LakeService> StartAsync(params string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(["--APP_PORT=0", "--APP_ID=data-lake", "--Lake:FlushAge=00:00:00.2", .. settings]);
        var (published, store, bucket) = (new RecordingPublisher(), new InMemoryStateStore(), new MemoryBucket());
        builder.Services.AddSingleton<IEventPublisher>(published).AddSingleton<IStateStore>(store).AddSingleton<IBucket>(bucket);
        builder.AddServiceDefaults();
        builder.AddDataLake();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapListener();
        app.MapDataLake();
        await app.StartAsync(Token);
        return new LakeService(app, published, store, bucket);
    }

    /// <summary>Delivers as the sidecar does; answers the status the sidecar reads.</summary>
    public async Task<string> DeliverAsync(string data, string id = "ce-1", string attributes = "")
    {
        var body = $$"""{"specversion":"1.0","id":"{{id}}","type":"com.dapr.event.sent","time":"2026-11-25T15:00:00Z","data":{{data}}{{attributes}}""" + "}";
        using var content = new StringContent(body, Encoding.UTF8, "application/cloudevents+json");
        using var response = await Http.PostAsync("/events", content, Token);
        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        return answer.RootElement.GetProperty("status").GetString()!;
    }

    public async Task<(int Status, string Body, string? Next, string? Corrupt)> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path, Token);
        var next = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        var corrupt = response.Headers.TryGetValues(ListEvents.CorruptHeader, out var counts) ? counts.Single() : null;
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token), next, corrupt);
    }

    public async Task<string[]> IdsAsync(string path) => Ids((await GetAsync(path)).Body);

    public static string[] Ids(string array) => [.. JsonDocument.Parse(array).RootElement.EnumerateArray().Select(e => e.GetProperty("id").GetString()!)];

    /// <summary>Completes when the bucket holds that many lines, or fails after 20 s.</summary>
    public async Task FlushedAsync(int lines)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(Deadline);
        while (Bucket.Lines.Count < lines || Store.Documents.Any(d => d.Key.StartsWith("page-", StringComparison.Ordinal) && BufferPage.Read(d.Value.Value) is not null))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync(Token);
        await app.DisposeAsync();
    }
}
