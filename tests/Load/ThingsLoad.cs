using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using CloudNative.TestKit;

namespace CloudNative.Load;

/// <summary>saveThing over HTTP, half creates and half updates, and how far the lake lags behind the last answer.</summary>
internal sealed class ThingsLoad(HttpClient http, RunDocument runtime)
{
    private readonly Uri _things = runtime["things-bff"].Address;
    private readonly Uri _lake = runtime["data-lake"].Address;
    private readonly ProcessorTime _processorTime = new(runtime);
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private int _lasts;

    /// <summary>Uncounted: code is compiled for good only after many calls, so it is the crowd that warms up.</summary>
    public async Task WarmUpAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var n = 0;
        await Measurement.OfWarmLoopsAsync("warm-up", 32, duration, (client, ct) => SaveAsync($"{_run}-warm-{client}-{Interlocked.Increment(ref n) / 64}", n, ct), cancellationToken);
        await LagAsync(0, cancellationToken);
    }

    public async Task<Measurement> RunAsync(int clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        var counters = new int[clients];
        await Measurement.OfWarmLoopsAsync("warm-up", clients, duration / 5, SaveNextAsync, cancellationToken);
        await LagAsync(clients, cancellationToken);
        var before = _processorTime.Read();
        var measurement = await Measurement.OfWarmLoopsAsync($"saveThing, {clients} clients", clients, duration, SaveNextAsync, cancellationToken);
        var lag = await LagAsync(clients, cancellationToken);
        var cost = _processorTime.PerOperation(before, _processorTime.Read(), measurement.Count);
        measurement.Remark = string.Create(CultureInfo.InvariantCulture, $"lake lag {lag:F0} ms  {cost}");
        return measurement;

        Task SaveNextAsync(int client, CancellationToken ct)
        {
            var n = counters[client]++;
            return SaveAsync($"{_run}-{clients}-{client}-{n / 2}", n, ct);
        }
    }

    private async Task SaveAsync(string id, int n, CancellationToken cancellationToken)
    {
        var query = $$$$"""{"query":"mutation($input: ThingInput) { saveThing(input: $input) { id version } }","variables":{"input":{"id":"{{{{id}}}}","name":"thing {{{{id}}}}","description":"description number {{{{n}}}}"}}}""";
        using var content = new StringContent(query, new MediaTypeHeaderValue("application/json"));
        using var answer = await http.PostAsync(new Uri(_things, "/graphql"), content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        if (body.AsSpan().IndexOf("\"errors\""u8) >= 0)
            throw new HttpRequestException("saveThing answered errors");
    }

    /// <summary>Milliseconds from one more mutation's answer until the lake lists its event, behind all that came before.</summary>
    private async Task<double> LagAsync(int clients, CancellationToken cancellationToken)
    {
        var id = $"{_run}-{clients}-last-{_lasts++}";
        await SaveAsync(id, 0, cancellationToken);
        var answered = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(answered) < TimeSpan.FromSeconds(60))
        {
            var body = await http.GetByteArrayAsync(new Uri(_lake, $"/events?partitionKey={id}&from={DateToday()}"), cancellationToken);
            using var events = JsonDocument.Parse(body);
            if (events.RootElement.GetArrayLength() > 0)
                return Stopwatch.GetElapsedTime(answered).TotalMilliseconds;
        }

        return double.NaN;
    }

    private static long DateToday() => TimeProvider.System.GetUtcNow().AddMinutes(-5).ToUnixTimeMilliseconds();
}
