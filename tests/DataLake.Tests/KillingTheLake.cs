using System.Text.Json;
using CloudNative.BuildingBlocks.Events;

namespace CloudNative.DataLake.Tests;

public sealed class KillingTheLake
{
    private const long FourOClock = 1_795_622_400_000;

    private static readonly EventDocument[] Events =
        [.. Enumerable.Range(0, 24).Select(n => LakeProcess.Event($"e-{n}", FourOClock - 12_000 + (n * 1000)))];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task L2_at_any_call_loses_nothing_and_doubles_nothing(bool answerLost)
    {
        var crashes = 0;
        for (var call = 1; ; call++)
        {
            var world = new LakeWorld();
            var crash = new CrashPoint(call, answerLost);
            await LiveAsync(world, crash);
            if (!crash.Reached)
                break;
            crashes++;

            await RecoverAsync(world);

            await ShouldBeCompleteAsync(world, $"killed at call {call}");
        }

        crashes.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task L2_twice_in_a_row_during_recovery_loses_nothing_and_doubles_nothing()
    {
        for (var second = 1; second <= 25; second++)
        {
            var world = new LakeWorld();
            await LiveAsync(world, new CrashPoint(18, false));

            await RecoverAsync(world, new CrashPoint(second, true));
            await RecoverAsync(world);

            await ShouldBeCompleteAsync(world, $"killed again at call {second}");
        }
    }

    [Fact]
    public async Task L2_leaves_the_same_object_when_a_flush_is_repeated()
    {
        var world = new LakeWorld();
        await using var lake = new LakeProcess(world);
        await lake.StoreAsync(Events);
        world.Bucket.IsAway = true;
        await Should.ThrowAsync<BuildingBlocks.Hosting.DependencyUnavailableException>(lake.SealAndFlushAsync);
        world.Bucket.IsAway = false;

        world.HasPlan.ShouldBeTrue();
        await RecoverAsync(world);

        world.Bucket.Objects.Keys.Select(name => name[..14]).Order().ShouldBe(["2026/11/25/15/", "2026/11/25/16/"]);
        await ShouldBeCompleteAsync(world, "bucket away once");
    }

    private static async Task LiveAsync(LakeWorld world, CrashPoint crash)
    {
        await using var lake = new LakeProcess(world, crash);
        try
        {
            await lake.LookAsync();
            await lake.StoreAsync(Events[..5]);
            await lake.StoreAsync(Events[5..14]);
            await lake.SealAndFlushAsync();
            await lake.StoreAsync(Events[14..16]);
            await lake.SealAndFlushAsync();
            await lake.StoreAsync(Events[16..20]);
        }
        catch (ProcessDiedException)
        {
            // As told.
        }
    }

    // The stream delivers again whatever was not acknowledged, and more; the next process takes over what it finds.
    private static async Task RecoverAsync(LakeWorld world, CrashPoint? crash = null)
    {
        await using var lake = new LakeProcess(world, crash);
        try
        {
            await lake.StoreAsync(Events[..12]);
            await lake.LookAsync();
            world.Clock.Advance(TimeSpan.FromSeconds(11));
            await lake.LookAsync();
            await lake.StoreAsync(Events[8..]);
            await lake.SealAndFlushAsync();
        }
        catch (ProcessDiedException)
        {
            // As told.
        }
    }

    private static async Task ShouldBeCompleteAsync(LakeWorld world, string because)
    {
        await using var reader = new LakeProcess(world);
        var expected = Events.Select(e => System.Text.Encoding.UTF8.GetString(e.Json.Span)).ToList();
        (await reader.ListAsync()).ShouldBe(expected, because);
        world.Bucket.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("timestamp").GetInt64())
            .Order().ShouldBe(Events.Select(e => e.Timestamp), because);
        world.FilledPages.ShouldBe(0, because);
        world.HasPlan.ShouldBeFalse(because);
    }
}
