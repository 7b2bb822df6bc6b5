using System.Net.Http.Json;
using CloudNative.TestKit;

namespace CloudNative.Acceptance;

/// <summary>The stream or the state store refuses for 30 s while mutations go on.</summary>
public sealed class RefusingComponents
{
    private const int Clients = 4;
    private static readonly TimeSpan _refusal = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("event-stream")]
    [InlineData("things")]
    [InlineData("lake-index")]
    public async Task G11_what_was_acknowledged_is_in_the_lake_once_and_all_works_again(string component)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var stack = await LocalStack.StartAsync([], cancellation);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        var things = new ThingsClient(http, stack.Run["things-bff"].Address);
        using var switched = await http.PostAsJsonAsync(
            new Uri(stack.Run.Console, "/faults/switch"), new { component, mode = "refuse", seconds = _refusal.TotalSeconds }, cancellation);
        ((int)switched.StatusCode).ShouldBeLessThan(300);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();

        var rounds = await Task.WhenAll(Enumerable.Range(0, Clients).Select(c => SaveUntilRecoveredAsync(things, c, started, cancellation)));

        var lake = new LakeClient(http, stack.Run["data-lake"].Address);
        var acknowledged = rounds.SelectMany(r => r).ToList();
        var events = await lake.UntilAsync("limit=1000", acknowledged.Count, cancellation, seconds: 60);
        events.Select(e => (e["partitionKey"]!.GetValue<string>(), e["version"]!.GetValue<long>())).Order().ShouldBe(acknowledged.Order());
    }

    /// <summary>Saves for as long as the refusal lasts and ten times more; an error is retryable and the same mutation is sent again.</summary>
    private static async Task<List<(string Id, long Version)>> SaveUntilRecoveredAsync(
        ThingsClient things, int client, long started, CancellationToken cancellationToken)
    {
        var id = $"refused-{client}";
        var done = new List<(string, long)>();
        for (var (n, after) = (0, 0); after < 10; n++)
        {
            var (version, code) = await things.SaveAsync(id, $"name {n}", $"{client}-{n}", cancellationToken);
            while (version is null)
            {
                code.ShouldBe("UNAVAILABLE");
                (version, code) = await things.SaveAsync(id, $"name {n}", $"{client}-{n}", cancellationToken);
            }

            done.Add((id, version.Value));
            if (System.Diagnostics.Stopwatch.GetElapsedTime(started) > _refusal)
                after++;
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            await pause.WaitForNextTickAsync(cancellationToken);
        }

        return done;
    }
}
