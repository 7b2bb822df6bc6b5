using System.Text.Json.Nodes;
using CloudNative.TestKit;

namespace CloudNative.Acceptance;

/// <summary>kill -9 of an app, of the host, and of both, at random moments during 2,000 mutations.</summary>
public sealed class KillingProcesses
{
    private const int Mutations = 2_000;
    private const int Clients = 16;
    private const int Things = 100;
    private const int Kills = 9;
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(4);

    private int _acknowledged;

    [Fact]
    public async Task G1_L2_each_acknowledged_mutation_has_exactly_one_event_in_the_lake_and_versions_have_no_gap()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(_deadline);
        await using var stack = await LocalStack.StartAsync([], deadline.Token);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };

        var answers = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => MutateAsync(http, stack, client, deadline.Token)));
        await KillAtRandomAsync(stack, deadline.Token);
        var acknowledged = (await answers).SelectMany(a => a).ToList();

        var lake = new LakeClient(http, stack.Run["data-lake"].Address);
        var events = await Eventually.ReadAsync(
            () => TryReadAsync(lake, deadline.Token), e => e.Count >= Mutations, TimeSpan.FromSeconds(60), deadline.Token);
        acknowledged.Count.ShouldBe(Mutations);
        events.Select(e => (Id: e["partitionKey"]!.GetValue<string>(), Version: e["version"]!.GetValue<long>())).Order()
            .ShouldBe(acknowledged.Order());
        acknowledged.GroupBy(a => a.Id).ShouldAllBe(g => g.Select(a => a.Version).Order().SequenceEqual(Enumerable.Range(1, g.Count()).Select(v => (long)v)));
        (await lake.FaultsAsync(deadline.Token)).ToJsonString().ShouldBe("[]");
    }

    /// <summary>Each client sends its mutations one after the other, each again under its mutation id until it is answered.</summary>
    private async Task<List<(string Id, long Version)>> MutateAsync(HttpClient http, LocalStack stack, int client, CancellationToken cancellationToken)
    {
        var random = new Random(client);
        var done = new List<(string, long)>();
        for (var n = 0; n < Mutations / Clients; n++)
        {
            var id = $"killed-{random.Next(Things)}";
            var mutation = $"{client}-{n}";
            long? version = null;
            while (version is null)
                version = await SaveAsync(http, stack, id, mutation, cancellationToken);
            done.Add((id, version.Value));
            Interlocked.Increment(ref _acknowledged);
        }

        return done;
    }

    private static async Task<long?> SaveAsync(HttpClient http, LocalStack stack, string id, string mutation, CancellationToken cancellationToken)
    {
        var things = new ThingsClient(http, stack.Run["things-bff"].Address);
        var (version, code) = await things.SaveAsync(id, $"name {mutation}", mutation, cancellationToken);
        if (version is not null)
            return version;
        (code ?? "UNAVAILABLE").ShouldBe("UNAVAILABLE");
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        await pause.WaitForNextTickAsync(cancellationToken);
        return null;
    }

    private async Task KillAtRandomAsync(LocalStack stack, CancellationToken cancellationToken)
    {
        var random = new Random(20_180_731);
        for (var kill = 0; kill < Kills; kill++)
        {
            var at = (Mutations / (Kills + 1) * (kill + 1)) + random.Next(Mutations / Kills / 3);
            await Eventually.ReadAsync(() => Task.FromResult(Volatile.Read(ref _acknowledged)), n => n >= at, TimeSpan.FromSeconds(90), cancellationToken);
            if (kill % 3 != 1)
                stack.KillApp(random.Next(2) == 0 ? "things-bff" : "data-lake");
            if (kill % 3 != 0)
            {
                await stack.KillHostAsync(cancellationToken);
                await stack.StartHostAsync("Ready", cancellationToken);
            }
        }
    }

    private static async Task<IReadOnlyList<JsonObject>> TryReadAsync(LakeClient lake, CancellationToken cancellationToken)
    {
        try
        {
            return await lake.EventsAsync("limit=1000", cancellationToken);
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }
}
