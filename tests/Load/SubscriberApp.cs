using System.Buffers.Text;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CloudNative.Load;

/// <summary>
/// A subscriber with an empty handler: notes when each numbered event arrived. An event says its number as <c>"n":123,</c> in its data.
/// </summary>
internal sealed class SubscriberApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly long[] _handledAt;
    private int _handled;
    private int _repeated;
    private long _lastAt;
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SubscriberApp(WebApplication app, int capacity)
    {
        _app = app;
        _handledAt = new long[capacity];
    }

    public int Handled => Volatile.Read(ref _handled);

    public int Repeated => Volatile.Read(ref _repeated);

    /// <summary>Stopwatch ticks of the newest first arrival.</summary>
    public long LastAt => Volatile.Read(ref _lastAt);

    public static async Task<SubscriberApp> StartAsync(string address, string pubsub, int lanes, int capacity, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(address);
        var app = builder.Build();
        var subscriber = new SubscriberApp(app, capacity);
        var topics = lanes == 1 ? ["events"] : Enumerable.Range(1, lanes).Select(lane => $"events/lane-{lane}");
        var subscriptions = topics.Select(topic => new { pubsubname = pubsub, topic, route = "/events" }).ToArray();
        app.MapGet("/dapr/subscribe", () => subscriptions);
        app.MapPost("/events", subscriber.HandleAsync);
        await app.StartAsync(cancellationToken);
        return subscriber;
    }

    public long HandledAt(int n) => Volatile.Read(ref _handledAt[n]);

    /// <summary>Waits until so many different events have arrived.</summary>
    public async Task WaitForAsync(int count, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(deadline);
        while (Handled < count)
        {
            var progress = Volatile.Read(ref _progress).Task;
            if (Handled < count)
                await progress.WaitAsync(source.Token);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var length = (int)context.Request.ContentLength!.Value;
        var read = await reader.ReadAtLeastAsync(length, context.RequestAborted);
        Note(read.Buffer.IsSingleSegment ? read.Buffer.FirstSpan : System.Buffers.BuffersExtensions.ToArray(read.Buffer));
        reader.AdvanceTo(read.Buffer.End);
    }

    private void Note(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf("\"n\":"u8);
        if (at < 0 || !Utf8Parser.TryParse(body[(at + 4)..], out int n, out _) || n >= _handledAt.Length)
            return;
        var now = Stopwatch.GetTimestamp();
        if (Interlocked.CompareExchange(ref _handledAt[n], now, 0) != 0)
        {
            Interlocked.Increment(ref _repeated);
            return;
        }

        Volatile.Write(ref _lastAt, now);
        Interlocked.Increment(ref _handled);
        Interlocked.Exchange(ref _progress, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
