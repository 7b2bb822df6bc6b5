using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CloudNative.TestKit;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;

namespace CloudNative.Load;

/// <summary>
/// How many events a second the data lake stores: 1 KiB each, 100 keys, 64 publishers as fast as they are answered, until everything
/// published is stored. Afterwards every event is counted in the listing.
/// </summary>
internal sealed class LakeLoad(Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient client, Metadata headers, string pubsub, HttpClient http, RunDocument runtime)
{
    private const int Publishers = 64;
    private const int Keys = 100;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(100);

    private readonly Uri _lake = runtime["data-lake"].Address;
    private readonly ProcessorTime _processorTime = new(runtime);
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private int _last;

    public async Task<Measurement> RunAsync(TimeSpan warmUp, TimeSpan duration, CancellationToken cancellationToken)
    {
        await PublishAsync("warm-up", warmUp, cancellationToken);
        var before = _processorTime.Read();
        var since = Now();
        var started = Stopwatch.GetTimestamp();
        var stored = await PublishAsync("counted", duration, cancellationToken);
        stored.ElapsedSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var cost = _processorTime.PerOperation(before, _processorTime.Read(), stored.Count);
        var (listed, once) = await CountAsync(TypeOf("counted"), since, cancellationToken);
        stored.Remark = string.Create(CultureInfo.InvariantCulture, $"listed {listed}, different {once}  {cost}");
        return stored;
    }

    private string TypeOf(string phase) => $"load-{_run}-{phase}";

    /// <summary>Returns once the lake has stored the last of what was published; latencies are those of publishing.</summary>
    private async Task<Measurement> PublishAsync(string phase, TimeSpan duration, CancellationToken cancellationToken)
    {
        var n = -1;
        var published = await Measurement.OfWarmLoopsAsync(
            $"lake, events stored, {Publishers} publishers", Publishers, duration, (_, ct) => PublishAsync(TypeOf(phase), $"key-{Interlocked.Increment(ref n) % Keys}", ct), cancellationToken);
        // Behind each key's last event, so that all of them are stored when these are.
        var (ends, since) = ($"{_run}-ends-{_last++}", Now());
        await Parallel.ForEachAsync(Enumerable.Range(0, Keys), cancellationToken, (key, ct) => new ValueTask(PublishAsync(ends, $"key-{key}", ct)));
        var deadline = Stopwatch.GetTimestamp();
        while ((await CountAsync(ends, since, cancellationToken)).Once < Keys)
        {
            await Task.Delay(_poll, TimeProvider.System, cancellationToken);
            if (Stopwatch.GetElapsedTime(deadline) > _patience)
                throw new TimeoutException("The lake does not come to the end of what was published.");
        }

        return published;
    }

    private async Task PublishAsync(string type, string key, CancellationToken cancellationToken)
    {
        var document = $"{{\"id\":\"{Guid.NewGuid()}\",\"type\":\"{type}\",\"timestamp\":{Now()},\"partitionKey\":\"{key}\",\"padding\":\"";
        var request = new PublishEventRequest
        {
            PubsubName = pubsub,
            Topic = "events",
            DataContentType = "application/json",
            Data = ByteString.CopyFromUtf8(document + new string('x', 1_024 - document.Length - 2) + "\"}"),
            Metadata = { ["partitionKey"] = key },
        };
        await client.PublishEventAsync(request, headers, cancellationToken: cancellationToken);
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<(int Listed, int Once)> CountAsync(string type, long since, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        for (var next = new Uri(_lake, $"/events?type={type}&limit=1000&from={since}"); next is not null;)
        {
            using var answer = await http.GetAsync(next, cancellationToken);
            answer.EnsureSuccessStatusCode();
            using var events = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            ids.AddRange(events.RootElement.EnumerateArray().Select(e => e.GetProperty("id").GetString()!));
            next = answer.Headers.TryGetValues("Link", out var links) ? new Uri(_lake, links.Single().Split('<', '>')[1]) : null;
        }

        return (ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
    }
}
