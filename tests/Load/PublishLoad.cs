using System.Diagnostics;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;

namespace CloudNative.Load;

/// <summary>Publish to handled: 1 KiB events over 1,000 keys; unloaded one at a time, then sustained with 64 publishers.</summary>
internal sealed class PublishLoad(Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient client, Metadata headers, string pubsub, IReadOnlyList<SubscriberApp> subscribers)
{
    public const int Capacity = 2_000_000;
    private const int Publishers = 64;
    private const int Keys = 1_000;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly long[] _publishedAt = new long[Capacity];
    private int _published;

    /// <summary>One event at a time: the next is published when every subscriber has handled the last.</summary>
    public async Task<Measurement> UnloadedAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        await WarmUpAsync(cancellationToken);
        return await Measurement.OfLoopsAsync($"publish -> handled, unloaded, {subscribers.Count} subscribers", 1, duration, async (_, ct) =>
        {
            var n = await PublishAsync(ct);
            foreach (var subscriber in subscribers)
                await subscriber.WaitForAsync(n + 1, _patience, ct);
        }, cancellationToken);
    }

    /// <summary>Publishers as fast as they are answered; the rate is of events handled by every subscriber, the last one included.</summary>
    public async Task<(Measurement Published, Measurement Handled)> SustainedAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        await Measurement.OfLoopsAsync("warm-up", Publishers, duration / 2, (_, ct) => PublishAsync(ct), cancellationToken);
        await HandledAllAsync(cancellationToken);
        var first = _published;
        var started = Stopwatch.GetTimestamp();
        var published = new Measurement($"publish, {Publishers} publishers, {subscribers.Count} subscribers");
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => Task.Run(() => PublisherAsync(published, started, duration, cancellationToken), cancellationToken)));
        published.ElapsedSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await HandledAllAsync(cancellationToken);
        return (published, Handled(first, started));
    }

    private async Task PublisherAsync(Measurement measurement, long started, TimeSpan duration, CancellationToken cancellationToken)
    {
        var samples = new List<double>(16_384);
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            var before = Stopwatch.GetTimestamp();
            await PublishAsync(cancellationToken);
            samples.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }

        measurement.Add(samples);
    }

    private Measurement Handled(int first, long started)
    {
        var handled = new Measurement($"publish -> handled, sustained, {subscribers.Count} subscribers")
        {
            ElapsedSeconds = Stopwatch.GetElapsedTime(started, subscribers.Max(s => s.LastAt)).TotalSeconds,
            Remark = $"repeated {subscribers.Sum(s => s.Repeated)}",
        };
        handled.Add([.. Enumerable.Range(first, _published - first).Select(n =>
            Stopwatch.GetElapsedTime(_publishedAt[n], subscribers.Max(s => s.HandledAt(n))).TotalMilliseconds)]);
        return handled;
    }

    private async Task HandledAllAsync(CancellationToken cancellationToken)
    {
        foreach (var subscriber in subscribers)
            await subscriber.WaitForAsync(_published, _patience, cancellationToken);
    }

    /// <summary>A subscription may open a moment after the runtime says it is ready, and latest starts there: publish until all hear.</summary>
    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var deadline = Stopwatch.GetTimestamp();
        while (subscribers.Any(s => s.Handled == 0))
        {
            _published = 0;
            await PublishAsync(cancellationToken);
            await Task.WhenAll(subscribers.Select(s => TryWaitAsync(s, cancellationToken)));
            if (Stopwatch.GetElapsedTime(deadline) > _patience)
                throw new TimeoutException("A subscriber hears nothing.");
        }

        _published = 1;
    }

    private static async Task TryWaitAsync(SubscriberApp subscriber, CancellationToken cancellationToken)
    {
        try
        {
            await subscriber.WaitForAsync(1, TimeSpan.FromMilliseconds(500), cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Not heard yet: the caller publishes again.
        }
    }

    private async Task<int> PublishAsync(CancellationToken cancellationToken)
    {
        var n = Interlocked.Increment(ref _published) - 1;
        var key = $"key-{n % Keys}";
        var document = $"{{\"id\":\"{Guid.NewGuid()}\",\"type\":\"load\",\"n\":{n},\"partitionKey\":\"{key}\",\"padding\":\"";
        var request = new PublishEventRequest
        {
            PubsubName = pubsub,
            Topic = "events",
            DataContentType = "application/json",
            Data = ByteString.CopyFromUtf8(document + new string('x', 1_024 - document.Length - 2) + "\"}"),
        };
        request.Metadata.Add("partitionKey", key);
        Volatile.Write(ref _publishedAt[n], Stopwatch.GetTimestamp());
        await client.PublishEventAsync(request, headers, cancellationToken: cancellationToken);
        return n;
    }
}
