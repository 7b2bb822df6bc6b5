using CloudNative.TestKit;

namespace CloudNative.DataLake.Tests;

public sealed class TwoLakesOnOneIndex
{
    private const long FourOClock = 1_795_622_400_000;

    /// <summary>Two replicas, a store that refuses, loses answers and applies late, deliveries repeated and spread at random.</summary>
    [Fact]
    public async Task L1_L2_store_every_event_once_whatever_goes_wrong_between_them()
    {
        for (var seed = 0; seed < 100; seed++)
            await RunAsync(new Random(seed), seed);
    }

    private static async Task RunAsync(Random random, int seed)
    {
        var world = new LakeWorld();
        await using var one = new LakeProcess(world);
        await using var other = new LakeProcess(world);
        LakeProcess[] lakes = [one, other];
        var events = Enumerable.Range(0, 60).Select(n => LakeProcess.Event($"e-{n}", FourOClock - 30_000 + (n * 1000))).ToArray();
        var acknowledged = new HashSet<string>();
        for (var step = 0; step < 60; step++)
        {
            world.Store.Fault = random.Next(4) == 0 ? (StateFault)random.Next(1, 4) : StateFault.None;
            var lake = lakes[random.Next(2)];
            switch (random.Next(6))
            {
                case 0:
                    await TolerateAsync(lake.SealAndFlushAsync);
                    break;
                case 1:
                    await TolerateAsync(lake.LookAsync);
                    break;
                case 2:
                    world.Clock.Advance(TimeSpan.FromSeconds(random.Next(12)));
                    world.Store.LandLate();
                    break;
                default:
                    var start = random.Next(events.Length - 6);
                    acknowledged.UnionWith(await lake.StoreAsync(events[start..(start + random.Next(1, 6))]));
                    break;
            }
        }

        world.Store.Recover();
        world.Store.LandLate();
        (await one.ListAsync()).Count.ShouldBeGreaterThanOrEqualTo(acknowledged.Count, $"seed {seed}");
        await FinishAsync(world, lakes, events);

        world.FilledPages.ShouldBe(0, $"seed {seed}");
        (await other.ListAsync()).ShouldBe(events.Select(e => System.Text.Encoding.UTF8.GetString(e.Json.Span)), $"seed {seed}");
        world.Bucket.Lines.Count.ShouldBe(events.Length, $"seed {seed}");
    }

    private static async Task FinishAsync(LakeWorld world, LakeProcess[] lakes, BuildingBlocks.Events.EventDocument[] events)
    {
        foreach (var part in events.Chunk(20))
            (await lakes[0].StoreAsync(part)).Count.ShouldBe(part.Length);
        for (var round = 0; round < 6; round++)
        {
            foreach (var lake in lakes)
            {
                await lake.LookAsync();
                await TolerateAsync(lake.SealAndFlushAsync);
                world.Clock.Advance(TimeSpan.FromSeconds(11));
            }
        }
    }

    private static async Task TolerateAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (BuildingBlocks.State.StateStoreException)
        {
            // The loop of a real process tries again at its next turn.
        }
    }
}
