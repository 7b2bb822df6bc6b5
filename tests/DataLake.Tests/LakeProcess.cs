using System.Text;
using CloudNative.BuildingBlocks.Buckets;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.State;
using CloudNative.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.DataLake.Tests;

/// <summary>What outlives a process of the lake: its index, its bucket, and the clock.</summary>
internal sealed class LakeWorld
{
    public LakeWorld() => Store = new InMemoryStateStore(Clock);

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.Parse("2026-11-25T15:59:58Z", System.Globalization.CultureInfo.InvariantCulture));

    public InMemoryStateStore Store { get; }

    public MemoryBucket Bucket { get; } = new();

    /// <summary>Pages that still hold events.</summary>
    public int FilledPages => Store.Documents.Count(d => d.Key.StartsWith("page-", StringComparison.Ordinal) && BufferPage.Read(d.Value.Value) is not null);

    public bool HasPlan => Store.Documents.TryGetValue(FlushPlan.Key, out var plan) && FlushPlan.Read(plan) is not null;
}

/// <summary>One process of the lake without its loops: a test takes each step itself, in the order it likes.</summary>
internal sealed class LakeProcess : IAsyncDisposable
{
    private readonly WebApplication app;

    public LakeProcess(LakeWorld world, CrashPoint? crash = null, params string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(["--Lake:Pages=8", "--Lake:PageBytes=1024", .. settings]);
        builder.Services.AddSingleton<TimeProvider>(world.Clock);
        builder.Services.AddSingleton<IStateStore>(new CrashingStore(world.Store, crash ?? CrashPoint.Never));
        builder.Services.AddSingleton<IBucket>(new CrashingBucket(world.Bucket, crash ?? CrashPoint.Never));
        builder.Services.AddSingleton<IEventPublisher>(new RecordingPublisher());
        builder.AddServiceDefaults();
        builder.AddDataLake();
        app = builder.Build();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Stores events as one batch; answers the ids of those that would be acknowledged.</summary>
    public async Task<IReadOnlyList<string>> StoreAsync(params IReadOnlyList<EventDocument> events)
    {
        var pending = events.Select(e => new PendingEvent(e)).ToList();
        try
        {
            await Get<PageWriter>().StoreAsync(pending, Token);
        }
        catch (Exception failure) when (failure is StateStoreException or ProcessDiedException)
        {
            pending.ForEach(p => p.Fail(failure));
        }

        var acknowledged = new List<string>();
        foreach (var one in pending)
        {
            if (await AcknowledgedAsync(one))
                acknowledged.Add(one.Id);
        }

        return acknowledged;
    }

    public async Task SealAndFlushAsync()
    {
        await Get<PageWriter>().SealAsync(Token);
        await FlushAsync(Get<SealedPages>().TakeAll());
    }

    /// <summary>Looks after what others left, and flushes what is abandoned.</summary>
    public async Task LookAsync() => await FlushAsync(await Get<OrphanPages>().LookAsync(Token));

    public async Task<IReadOnlyList<string>> ListAsync()
    {
        var page = await PageAsync(1000, null);
        return [.. page.Documents.Select(document => Encoding.UTF8.GetString(document.Span))];
    }

    /// <summary>One page of the listing of everything, as GET /events answers it.</summary>
    public async Task<EventPage> PageAsync(int limit, LakeCursor? cursor)
    {
        var page = await Get<LakeReader>().ReadAsync(new EventQuery(0, long.MaxValue / 100_000, null, null, limit, cursor), Token);
        page.Corrupt.ShouldBe(0);
        return page;
    }

    public static EventDocument Event(string id, long timestamp, string type = "thing-created") => new(
        id, type, timestamp, "k", null, Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","type":"{{type}}","timestamp":{{timestamp}},"partitionKey":"k","tags":{} }"""));

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task FlushAsync(IReadOnlyList<SealedPage> pages)
    {
        if (pages.Count == 0)
            return;
        try
        {
            if (await Get<Flush>().RunAsync([.. pages.Select(page => page.Page)], Token) == FlushOutcome.Busy)
                Get<SealedPages>().GiveBack(pages);
        }
        catch (StateStoreException)
        {
            Get<SealedPages>().GiveBack(pages);
        }
    }

    private static async Task<bool> AcknowledgedAsync(PendingEvent pending)
    {
        try
        {
            await pending.WaitAsync(Token);
            return true;
        }
        catch (Exception failure) when (failure is StateStoreException or ProcessDiedException)
        {
            return false;
        }
    }

    private T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();
}
