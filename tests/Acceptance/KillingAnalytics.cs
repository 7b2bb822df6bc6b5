using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CloudNative.TestKit;

namespace CloudNative.Acceptance;

/// <summary>kill -9 of analytics-bff, and once of the whole runtime, while 5,000 events with duplicates are counted.</summary>
public sealed class KillingAnalytics
{
    private const int Events = 5_000;
    private const int Publishers = 16;
    private const int Users = 20;
    private const int Types = 5;
    private const int Kills = 8;
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(4);

    private int _published;

    [Fact]
    public async Task A1_totals_are_exactly_right_after_kills_during_5_000_events()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(_deadline);
        await using var stack = await LocalStack.StartAsync(["--only", "analytics-bff"], deadline.Token);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };

        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => PublishAsync(http, stack, publisher, deadline.Token)));
        await KillAsync(stack, deadline.Token);
        await publishing;

        // One more than there should be shows as well: the totals are compared once they have come so far.
        var totals = await Eventually.ReadAsync(() => TryReadAsync(http, stack, deadline.Token), rows => rows.Sum(Total) >= Events, TimeSpan.FromSeconds(90), deadline.Token);
        totals.Select(row => row!.ToJsonString()).Order(StringComparer.Ordinal).ShouldBe(Expected(), stack.Output);
    }

    private async Task PublishAsync(HttpClient http, LocalStack stack, int publisher, CancellationToken cancellationToken)
    {
        for (var n = publisher; n < Events; n += Publishers)
        {
            // Every tenth event is published twice; what was not answered is published again.
            for (var times = n % 10 == 0 ? 2 : 1; times > 0;)
            {
                if (await IsPublishedAsync(http, stack, n, cancellationToken))
                    times--;
            }

            Interlocked.Increment(ref _published);
        }
    }

    private static async Task<bool> IsPublishedAsync(HttpClient http, LocalStack stack, int n, CancellationToken cancellationToken)
    {
        try
        {
            var sidecar = new SidecarClient(http, stack.Run["analytics-bff"].Http);
            await sidecar.PublishAsync(
                $$"""{"id":"killed-{{n}}","type":"t-{{n % Types}}","partitionKey":"u-{{n % Users}}","timestamp":{{1527811199999 + (n / Users % 2)}}}""", cancellationToken);
            return true;
        }
        catch (Exception away) when (away is HttpRequestException or ShouldAssertException or IOException or System.Text.Json.JsonException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            await pause.WaitForNextTickAsync(cancellationToken);
            return false;
        }
    }

    private async Task KillAsync(LocalStack stack, CancellationToken cancellationToken)
    {
        for (var kill = 1; kill <= Kills; kill++)
        {
            var at = Events / (Kills + 1) * kill;
            await Eventually.ReadAsync(() => Task.FromResult(Volatile.Read(ref _published)), n => n >= at, TimeSpan.FromSeconds(90), cancellationToken);
            // Between two starts there is nothing to kill; a kill that kills nothing shows nothing.
            await Eventually.ReadAsync(() => Task.FromResult(stack.KillApp("analytics-bff")), killed => killed, TimeSpan.FromSeconds(60), cancellationToken);
            if (kill == Kills / 2)
            {
                await stack.KillHostAsync(cancellationToken);
                await stack.StartHostAsync("Ready", cancellationToken);
            }
        }
    }

    private static async Task<JsonArray> TryReadAsync(HttpClient http, LocalStack stack, CancellationToken cancellationToken)
    {
        try
        {
            return (await http.GetFromJsonAsync<JsonArray>(new Uri(stack.Run["analytics-bff"].Address, "/query?limit=1000"), cancellationToken))!;
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }

    private static int Total(JsonNode? row) => row!["total"]!.GetValue<int>();

    private static IEnumerable<string> Expected() => Enumerable.Range(0, Events)
        .GroupBy(n => (User: n % Users, Late: n / Users % 2))
        .Select(row => new JsonObject(
        [
            KeyValuePair.Create("userId", (JsonNode?)$"u-{row.Key.User}"),
            KeyValuePair.Create("yearmonth", (JsonNode?)(row.Key.Late == 0 ? "2018-05" : "2018-06")),
            KeyValuePair.Create("total", (JsonNode?)row.Count()),
            .. row.GroupBy(n => n % Types).OrderBy(type => type.Key).Select(type => KeyValuePair.Create($"t-{type.Key}", (JsonNode?)type.Count())),
        ]).ToJsonString())
        .Order(StringComparer.Ordinal);
}
