using CloudNative.TestKit;
using static CloudNative.AnalyticsBff.Tests.AnalyticsService;

namespace CloudNative.AnalyticsBff.Tests;

/// <summary>
/// Random events with duplicates and retractions, in random orders and batches, over several replicas that are replaced meanwhile, on a
/// store that misbehaves: totals are always those of counting each event once.
/// </summary>
public sealed class UnderEveryOrderTried
{
    private const int Cases = 1_200;
    private static readonly string[] _times = ["2018-05-31T23:59:59.999Z", "2018-06-01T00:00:00Z", "2026-11-25T14:59:59Z"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A1_A7_totals_are_exact_whatever_the_order_and_number_of_deliveries()
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Token };
        await Parallel.ForAsync(0, Cases, parallel, async (seed, _) => await RunAsync(seed));
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var time = new ImpatientTime();
        var memory = new InMemoryStateStore(time);
        var store = new UnreliableStore(memory, seed);
        var (documents, expected) = Draw(random);
        var deliveries = documents.SelectMany(document => Enumerable.Repeat(document, random.Next(1, 5))).ToArray();
        random.Shuffle(deliveries);

        await DeliverAllAsync(store, time, random, deliveries);
        await store.LandAsync(Token);

        var rows = await new Replica(memory, time).RowsAsync(random.Next(1, 5), Token);
        rows.Where(row => row.Totals.Total != 0)
            .SelectMany(row => row.Totals.Counts.Select(count => $"{row.User} {row.Month} {count.Key} {count.Value}")).Order(StringComparer.Ordinal)
            .ShouldBe(expected.Order(StringComparer.Ordinal), $"seed {seed}");
    }

    private static async Task DeliverAllAsync(UnreliableStore store, TimeProvider time, Random random, string[] deliveries)
    {
        var replicas = Enumerable.Range(0, random.Next(1, 4)).Select(_ => new Replica(store, time)).ToArray();
        var waiting = new Queue<string>(deliveries);
        while (waiting.Count > 0)
        {
            var batches = replicas.Select(replica => (Replica: replica, Batch: Take(waiting, random.Next(1, 9)))).ToList();
            var answers = await Task.WhenAll(batches.Select(b => b.Replica.DeliverAsync(b.Batch, Token)));
            foreach (var again in answers.SelectMany(answer => answer))
                waiting.Enqueue(again);
            if (random.Next(5) == 0)
                replicas[random.Next(replicas.Length)] = new Replica(store, time);
        }
    }

    private static List<string> Take(Queue<string> waiting, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count && waiting.TryDequeue(out var next))
            taken.Add(next);
        return taken;
    }

    private static (List<string> Documents, List<string> Expected) Draw(Random random)
    {
        var documents = new List<string>();
        var counts = new Dictionary<string, int>();
        for (var n = random.Next(3, 25); n > 0; n--)
        {
            var (type, user, time) = ($"t-{random.Next(3)}", $"u-{random.Next(3)}", _times[random.Next(_times.Length)]);
            documents.Add(Event($"e-{n}", type, user, time));
            var retractions = random.Next(4) == 0 ? random.Next(1, 3) : 0;
            documents.AddRange(Enumerable.Range(0, retractions).Select(r => Retraction($"r-{n}-{r}", $"e-{n}", type, user, time)));
            var counter = $"{user} {time[..7]} {type}";
            counts[counter] = counts.GetValueOrDefault(counter) + (retractions > 0 ? 0 : 1);
        }

        return (documents, [.. counts.Where(count => count.Value > 0).Select(count => $"{count.Key} {count.Value}")]);
    }
}
