using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using CloudNative.TestKit;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Stub = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace CloudNative.Load;

/// <summary>
/// analytics-bff: events published until each of them is counted, publishers included in the machine's work; and queries among many rows.
/// Events have about 200 bytes and one of five types, users take turns.
/// </summary>
internal sealed class AnalyticsLoad(Stub sidecar, Metadata headers, string pubsub, HttpClient http, RunDocument run)
{
    private const int Publishers = 64;
    private readonly Uri _analytics = run["analytics-bff"].Address;
    private readonly ProcessorTime _processorTime = new(run);

    // A month for each line, so that a line's totals are its own.
    private int _month;

    /// <summary>The rate counts each event from the first publish until the last is in its total.</summary>
    public async Task<Measurement> CountAsync(int users, int eventsPerUser, CancellationToken cancellationToken)
    {
        var line = new Measurement($"published and counted, {users} users, {eventsPerUser} events each");
        var month = NextMonth();
        var events = users * eventsPerUser;
        var before = _processorTime.Read();
        var started = Stopwatch.GetTimestamp();
        await PublishAsync(line, events, n => (n % users, month), cancellationToken);
        var published = Stopwatch.GetElapsedTime(started);
        await CountedAsync(month, events, TimeSpan.FromMilliseconds(50), cancellationToken);
        line.ElapsedSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var cost = _processorTime.PerOperation(before, _processorTime.Read(), events);
        line.Remark = string.Create(CultureInfo.InvariantCulture, $"publishing took {published.TotalSeconds:F1} of {line.ElapsedSeconds:F1} s  {cost}");
        return line;
    }

    /// <summary>Makes so many rows, ten months for each user, then asks for one user, for a page of a month, and for the next page.</summary>
    public async Task<IReadOnlyList<Measurement>> QueryAsync(int rows, TimeSpan duration, CancellationToken cancellationToken)
    {
        const int Months = 10;
        var first = NextMonth();
        for (var i = 1; i < Months; i++)
            NextMonth();
        var made = new Measurement($"rows made, {rows}");
        var started = Stopwatch.GetTimestamp();
        await PublishAsync(made, rows, n => (n / Months, first.AddMonths(n % Months)), cancellationToken);
        for (var i = 0; i < Months; i++)
            await CountedAsync(first.AddMonths(i), rows / Months, TimeSpan.FromSeconds(1), cancellationToken);
        made.ElapsedSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var month = Name(first);
        return
        [
            made,
            await Measurement.OfLoopsAsync($"query of one user, {rows} rows", 1, duration, (_, ct) => GetAsync($"/query?userId=u-{Random.Shared.Next(rows / Months)}", ct), cancellationToken),
            await Measurement.OfLoopsAsync($"query of a month, page of 25, {rows} rows", 1, duration, (_, ct) => GetAsync($"/query?from={month}&to={month}&limit=25", ct), cancellationToken),
            await Measurement.OfLoopsAsync($"query of everything, page of 100, {rows} rows", 1, duration, (_, ct) => GetAsync("/query?limit=100", ct), cancellationToken),
            await Measurement.OfLoopsAsync($"query of one user, 16 clients, {rows} rows", 16, duration, (_, ct) => GetAsync($"/query?userId=u-{Random.Shared.Next(rows / Months)}", ct), cancellationToken),
        ];
    }

    private static string Name(DateTimeOffset month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private DateTimeOffset NextMonth() => new DateTimeOffset(1990, 1, 15, 0, 0, 0, TimeSpan.Zero).AddMonths(_month++);

    private async Task PublishAsync(Measurement line, int events, Func<int, (int User, DateTimeOffset Time)> eventOf, CancellationToken cancellationToken)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => Task.Run(PublisherAsync, cancellationToken)));

        async Task PublisherAsync()
        {
            var samples = new List<double>();
            for (var n = Interlocked.Increment(ref next); n < events; n = Interlocked.Increment(ref next))
            {
                var (user, time) = eventOf(n);
                var before = Stopwatch.GetTimestamp();
                await PublishOneAsync(user, n % 5, time, cancellationToken);
                samples.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }

            line.Add(samples);
        }
    }

    private async Task PublishOneAsync(int user, int type, DateTimeOffset time, CancellationToken cancellationToken)
    {
        var document = $$"""{"id":"{{Guid.NewGuid()}}","type":"type-{{type}}","partitionKey":"u-{{user}}","timestamp":{{time.ToUnixTimeMilliseconds()}},"tags":{},"text":"some text of an event"}""";
        var request = new PublishEventRequest { PubsubName = pubsub, Topic = "events", DataContentType = "application/json", Data = ByteString.CopyFromUtf8(document) };
        request.Metadata.Add("partitionKey", $"u-{user}");
        await sidecar.PublishEventAsync(request, headers, cancellationToken: cancellationToken);
    }

    private async Task CountedAsync(DateTimeOffset month, long events, TimeSpan pause, CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(pause);
        while (await TotalAsync(Name(month), cancellationToken) < events)
            await poll.WaitForNextTickAsync(cancellationToken);
    }

    private async Task<long> TotalAsync(string month, CancellationToken cancellationToken)
    {
        var total = 0L;
        for (string? next = $"/query?from={month}&to={month}&limit=1000"; next is not null;)
        {
            using var answer = await http.GetAsync(new Uri(_analytics, next), cancellationToken);
            // A machine at its limit may let a store call run out of time: it is asked again.
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                return 0;
            answer.EnsureSuccessStatusCode();
            using var rows = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            total += rows.RootElement.EnumerateArray().Sum(row => row.GetProperty("total").GetInt64());
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        return total;
    }

    private async Task GetAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(new Uri(_analytics, path), cancellationToken);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }
}
