using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace CloudNative.Load;

/// <summary>saveThing over HTTP, half creates and half updates, and how far the lake lags behind the last answer.</summary>
internal sealed class ThingsLoad(HttpClient http, Uri things, Uri lake)
{
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];

    public async Task<Measurement> RunAsync(int clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        var counters = new int[clients];
        var measurement = await Measurement.OfLoopsAsync($"saveThing, {clients} clients", clients, duration, async (client, ct) =>
        {
            var n = counters[client]++;
            await SaveAsync($"{_run}-{clients}-{client}-{n / 2}", n, ct);
        }, cancellationToken);
        measurement.Remark = $"lake lag {await LagAsync(clients, cancellationToken):F0} ms";
        return measurement;
    }

    private async Task SaveAsync(string id, int n, CancellationToken cancellationToken)
    {
        var query = $$$$"""{"query":"mutation($input: ThingInput) { saveThing(input: $input) { id version } }","variables":{"input":{"id":"{{{{id}}}}","name":"thing {{{{id}}}}","description":"description number {{{{n}}}}"}}}""";
        using var content = new StringContent(query, new MediaTypeHeaderValue("application/json"));
        using var answer = await http.PostAsync(new Uri(things, "/graphql"), content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        if (body.AsSpan().IndexOf("\"errors\""u8) >= 0)
            throw new HttpRequestException("saveThing answered errors");
    }

    /// <summary>Milliseconds from one more mutation's answer until the lake lists its event, behind all that came before.</summary>
    private async Task<double> LagAsync(int clients, CancellationToken cancellationToken)
    {
        var id = $"{_run}-{clients}-last";
        await SaveAsync(id, 0, cancellationToken);
        var answered = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(answered) < TimeSpan.FromSeconds(60))
        {
            var body = await http.GetByteArrayAsync(new Uri(lake, $"/events?partitionKey={id}&from={DateToday()}"), cancellationToken);
            using var events = JsonDocument.Parse(body);
            if (events.RootElement.GetArrayLength() > 0)
                return Stopwatch.GetElapsedTime(answered).TotalMilliseconds;
        }

        return double.NaN;
    }

    private static long DateToday() => TimeProvider.System.GetUtcNow().AddMinutes(-5).ToUnixTimeMilliseconds();
}
