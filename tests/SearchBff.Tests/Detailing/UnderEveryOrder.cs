using System.Text;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.State;
using CloudNative.SearchBff.Detailing;
using CloudNative.SearchBff.Indexing;
using CloudNative.TestKit;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CloudNative.SearchBff.Tests.Detailing;

/// <summary>
/// Events of three things in any order, each one to three times, several at once, with notifications in any order between them and calls that
/// fail at random, before or after they took effect.
/// </summary>
public sealed class UnderEveryOrder
{
    private const int Cases = 1_200;
    private static readonly string[] Ids = ["a", "b", "c"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S3_S5_every_order_ends_with_the_newest_and_no_hit_ever_lacks_its_detail() =>
        await Gen.Int.SampleAsync(RunAsync, iter: Cases, threads: 1);

    [Fact]
    public void S3_revisions_grow_with_the_order_and_are_the_same_for_whoever_starts_anew()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var random = new Random(seed);
                var changes = History(random, "a").Select(ThingChange.Read).ToArray();
                random.Shuffle(changes);

                var view = changes.Aggregate((ThingView?)null, (before, change) =>
                {
                    var after = ThingView.After(before, change);
                    (before is null || after.Revision > before.Revision || after == before).ShouldBeTrue();
                    return after;
                });

                var newest = changes.MaxBy(change => change.Order)!;
                view!.Order.ShouldBe(newest.Order);
                if (newest.Order.Version > 0)
                    view.Revision.ShouldBe(ThingView.After(null, newest).Revision);
            },
            iter: 2_000,
            threads: 1);
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var histories = Ids.ToDictionary(id => id, id => History(random, id));
        var deliveries = histories.Values.SelectMany(history => history).SelectMany(e => Enumerable.Repeat(e, random.Next(1, 4))).ToArray();
        random.Shuffle(deliveries);
        using var world = new World(random);
        await world.StartAsync();

        foreach (var together in deliveries.Chunk(random.Next(1, 5)))
        {
            await Task.WhenAll(together.Select(world.DeliverAsync));
            if (random.Next(2) == 0)
                await world.NotifyAsync(random.Next(1, 4));
        }

        await world.NotifyAsync(int.MaxValue);

        var expected = histories.Select(history => history.Value.MaxBy(e => e.Order)!).Select(ThingChange.Read).Where(change => change.Detail is not null)
            .Select(change => change.Detail!).OrderBy(detail => detail.Id, StringComparer.Ordinal).ToList();
        world.Index.Live.Select(entry => (entry.Id, entry.Name)).ShouldBe(expected.Select(detail => (detail.Id, detail.Name)), $"seed {seed}");
        world.Bucket.Objects.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => Encoding.UTF8.GetString(o.Value))
            .ShouldBe(expected.Select(detail => Encoding.UTF8.GetString(detail.ToJson())), $"seed {seed}");
        await world.StopAsync();
    }

    /// <summary>Events as authors make them: versions without gaps, deletions and re-creations, or (one thing in four) none at all, times that may be equal.</summary>
    private static List<EventDocument> History(Random random, string id)
    {
        var hasVersions = random.Next(4) > 0;
        var exists = false;
        var events = new List<EventDocument>();
        for (var n = 1; n <= random.Next(1, 7); n++)
        {
            var type = !exists ? ThingChange.Created : random.Next(3) == 0 ? ThingChange.Deleted : ThingChange.Updated;
            exists = type != ThingChange.Deleted;
            var eventId = $"{id}{random.Next(100)}-{n}";
            var timestamp = 1_000L + random.Next(3);
            var image = $$"""{"id":"{{id}}","name":"{{id}} {{n}}"}""";
            var json = $$"""{"id":"{{eventId}}","type":"{{type}}","thing":{"{{(exists ? "new" : "old")}}":{{image}}} }""";
            events.Add(new EventDocument(eventId, type, timestamp, id, hasVersions ? n : null, Encoding.UTF8.GetBytes(json)));
        }

        return events;
    }

    private sealed class World : IDisposable
    {
        private const int FailsOnceIn = 12;
        private readonly Random random;
        private readonly Lock gate = new();
        private readonly RecordingPublisher publisher = new();
        private readonly IndexQueue queue;
        private readonly OnThingChanged onThing;
        private readonly OnDetailChanged onDetail;
        private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        private readonly List<OutgoingEvent> waiting = [];
        private int taken;

        public World(Random random)
        {
            this.random = random;
            Bucket.Called = FailAtRandom;
            Index.Called = FailAtRandom;
            // No hit leads to a missing detail, at any moment.
            Bucket.Removing = name => Index.Live.ShouldNotContain(entry => ThingKey.ObjectName(entry.Key) == name);
            Index.Written = live => live.ShouldAllBe(key => Bucket.Objects.ContainsKey(ThingKey.ObjectName(key)));
            var views = new ThingViews(new FailingStore(new InMemoryStateStore(), FailAtRandom));
            var objects = new DetailObjects(Bucket);
            var options = Options.Create(new IndexingOptions());
            queue = new IndexQueue(Index, options, TimeProvider.System, NullLogger<IndexQueue>.Instance);
            onThing = new OnThingChanged(views, objects, publisher);
            onDetail = new OnDetailChanged(views, objects, queue, new IndexingMetrics(services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), TimeProvider.System, options));
        }

        public ThingsBucket Bucket { get; } = new();

        public MemoryIndex Index { get; } = new();

        public Task StartAsync() => queue.StartAsync(Token);

        public Task StopAsync() => queue.StopAsync(Token);

        public Task DeliverAsync(EventDocument document) => UntilDoneAsync(() => onThing.HandleAsync(document, Token));

        /// <summary>Delivers notifications picked at random; those of one thing one after the other, as the stream does.</summary>
        public async Task NotifyAsync(int count)
        {
            for (; count > 0; count--)
            {
                for (; taken < publisher.Published.Count; taken++)
                    waiting.Add(publisher.Published[taken]);
                if (waiting.Count == 0)
                    return;
                var next = waiting[random.Next(waiting.Count)];
                waiting.Remove(next);
                var document = new EventDocument(next.Id, next.Type, next.Timestamp, next.PartitionKey, null, next.Document);
                await UntilDoneAsync(() => onDetail.HandleAsync(document, Token));
            }
        }

        public void Dispose()
        {
            queue.Dispose();
            services.Dispose();
        }

        private static async Task UntilDoneAsync(Func<ValueTask> handle)
        {
            while (true)
            {
                try
                {
                    await handle();
                    return;
                }
                catch (Exception failure) when (failure is DependencyUnavailableException or StateStoreException)
                {
                    failure.InnerException.ShouldBeNull();
                }
            }
        }

        private void FailAtRandom()
        {
            lock (gate)
            {
                if (random.Next(FailsOnceIn) == 0)
                    throw new DependencyUnavailableException("By chance.");
            }
        }
    }

    /// <summary>Fails before a call or, worse, after it.</summary>
    private sealed class FailingStore(InMemoryStateStore store, Action fail) : IStateStore
    {
        public async ValueTask<StateEntry> GetAsync(string key, CancellationToken cancellationToken) => await PassAsync(async () => await store.GetAsync(key, cancellationToken));

        public async ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
            await PassAsync(async () => await store.GetManyAsync(keys, cancellationToken));

        public async ValueTask TransactAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken) => await PassAsync(async () =>
        {
            await store.TransactAsync(writes, cancellationToken);
            return true;
        });

        private async Task<T> PassAsync<T>(Func<Task<T>> call)
        {
            try
            {
                fail();
                var answer = await call();
                fail();
                return answer;
            }
            catch (DependencyUnavailableException)
            {
                throw new StateStoreException("By chance.");
            }
        }
    }
}
