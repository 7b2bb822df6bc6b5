using System.Text.Json;

namespace CloudNative.Conformance;

/// <summary>What peers received, as a whole: in which order, with which pauses, how many, and over which connections.</summary>
internal sealed class Deliveries(World world)
{
    private const double Tolerance = 0.3;

    // What a busy machine may add to any pause.
    private const double Delay = 0.5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly string[] Steps = ["unordered", "spacing_seconds", "spacing_ranges", "raw_request", "connections", "requests"];

    private readonly List<Arrival> received = [];
    private readonly Dictionary<ScriptedPeer, long> latest = [];
    private readonly Dictionary<ScriptedPeer, long> settled = [];
    private readonly Dictionary<ScriptedPeer, long> known = [];
    private int raw;
    private int unordered;

    /// <summary>When the last request went out.</summary>
    public long LastSent { get; set; }

    public static bool Knows(JsonElement step) => Steps.Any(name => step.TryGetProperty(name, out _));

    public async Task<string?> CheckAsync(JsonElement step, CancellationToken cancellationToken)
    {
        if (step.TryGetProperty("unordered", out var count))
            unordered = count.GetInt32();
        if (step.TryGetProperty("spacing_seconds", out var spacing))
            return Spacing(spacing, expected => (Low(expected.GetDouble()), High(expected.GetDouble())));
        if (step.TryGetProperty("spacing_ranges", out var ranges))
            return Spacing(ranges, range => (range[0].GetDouble() - 0.05, range[1].GetDouble() + Delay));
        if (step.TryGetProperty("raw_request", out var lines))
            return await RawAsync(lines, step, cancellationToken);
        return step.TryGetProperty("unordered", out _) ? null : await CountsAsync(step, cancellationToken);
    }

    /// <summary>Takes note of what a step received.</summary>
    public string? Add(ScriptedPeer peer, Arrival arrival, JsonElement step)
    {
        received.Add(arrival);
        Until(peer, arrival.At);
        var isLate = arrival.At < settled.GetValueOrDefault(peer);
        latest[peer] = Math.Max(latest.GetValueOrDefault(peer), arrival.At);
        if (unordered > 0)
            unordered--;
        else if (isLate)
            return $"{peer.Name} received {arrival.Request.FirstLine} before what stands before it";
        if (unordered == 0)
            settled[peer] = latest[peer];
        return step.TryGetProperty("since_send_seconds", out var since)
            ? Within("since the request", Seconds(LastSent, arrival.At), since[0].GetDouble() - 0.05, since[1].GetDouble() + Delay)
            : null;
    }

    /// <summary>Up to then everything that the peer received has to be among the steps.</summary>
    public void Until(ScriptedPeer peer, long time) => known[peer] = Math.Max(known.GetValueOrDefault(peer), time);

    /// <summary>What came and nobody expected, though the recording went on after it; null where there is none.</summary>
    public string? Surplus() => known
        .Select(pair => (pair.Key.Name, Request: pair.Key.Surplus(pair.Value)))
        .Where(pair => pair.Request is not null)
        .Select(pair => $"{pair.Name} also received {pair.Request}")
        .FirstOrDefault();

    private string? Spacing(JsonElement recorded, Func<JsonElement, (double Low, double High)> range)
    {
        world.Compared++;
        var last = received.TakeLast(recorded.GetArrayLength() + 1).ToList();
        if (last.Count <= recorded.GetArrayLength())
            return $"{last.Count} deliveries, expected more than {recorded.GetArrayLength()}";
        return recorded.EnumerateArray().Zip(last.Zip(last.Skip(1)))
            .Select(pair => (Bounds: range(pair.First), Took: Seconds(pair.Second.First.At, pair.Second.Second.At)))
            .Select(pair => Within("between deliveries", pair.Took, pair.Bounds.Low, pair.Bounds.High))
            .FirstOrDefault(difference => difference is not null);
    }

    private async Task<string?> RawAsync(JsonElement recorded, JsonElement step, CancellationToken cancellationToken)
    {
        world.Compared++;
        var peer = PeerOf(step);
        if (!await peer.CameAsync(++raw, Patience, cancellationToken))
            return $"{peer.Name} received {raw - 1} requests, expected more";
        var request = peer.Arrivals[raw - 1].Request;
        string[] lines = [request.FirstLine, .. request.HeaderLines.Order(StringComparer.Ordinal)];
        return new Comparison(world.Placeholders).Value("request", recorded, JsonSerializer.SerializeToElement(lines));
    }

    private async Task<string?> CountsAsync(JsonElement step, CancellationToken cancellationToken)
    {
        world.Compared++;
        var peer = PeerOf(step);
        if (step.TryGetProperty("requests", out var count) && !await peer.CameAsync(count.GetInt32(), Patience, cancellationToken))
            return $"{peer.Arrivals.Count} requests, expected {count}";
        var arrivals = peer.Arrivals;
        if (step.TryGetProperty("requests", out count) && arrivals.Count != count.GetInt32())
            return $"{arrivals.Count} requests, expected {count}";
        var connections = arrivals.Select(arrival => arrival.Connection).Distinct().Count();
        return step.TryGetProperty("connections", out count) && connections != count.GetInt32() ? $"{connections} connections, expected {count}" : null;
    }

    private ScriptedPeer PeerOf(JsonElement step) => world.PeerOf(step.TryGetProperty("by", out var name) ? name.GetString()! : "app");

    private static double Low(double expected) => expected - Math.Max(Tolerance, expected * Tolerance);

    private static double High(double expected) => expected + Math.Max(Tolerance, expected * Tolerance) + Delay;

    private static double Seconds(long from, long to) => TimeProvider.System.GetElapsedTime(from, to).TotalSeconds;

    private static string? Within(string what, double seconds, double low, double high) =>
        seconds < low || seconds > high ? $"{what}: {seconds:0.00} s, expected {low:0.00} to {high:0.00}" : null;
}
