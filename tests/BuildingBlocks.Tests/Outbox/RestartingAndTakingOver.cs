using System.Text;
using CloudNative.BuildingBlocks.Entities;
using CloudNative.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.BuildingBlocks.Outbox;

public sealed class RestartingAndTakingOver
{
    private readonly InMemoryStateStore _store = new();
    private readonly RecordingPublisher _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task G1_what_a_dead_replica_left_behind_is_published_when_the_next_one_starts()
    {
        await using (var dead = new ThingsInMemory(_store, new RecordingPublisher { IsAway = true }))
            await dead.SaveAsync(new Thing("1", "one"));

        await using var next = new ThingsInMemory(_store, _stream);
        await next.StartAsync(Cancellation);

        (await _stream.WaitForAsync(1, Cancellation)).ShouldHaveSingleItem().Type.ShouldBe("thing-created");
        await next.StopAsync(Cancellation);
    }

    [Fact]
    public async Task G1_a_transaction_that_lands_after_its_replica_gave_up_is_published_by_a_sweep()
    {
        var time = new FakeTimeProvider();
        await using var replica = new ThingsInMemory(_store, _stream, time);
        _store.Fault = StateFault.LandLate;

        var outcome = replica.SaveAsync(new Thing("1", "one")).AsTask();
        while (!outcome.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Yield();
        }

        _store.Recover();
        (await outcome).ShouldBeOfType<MutationOutcome<Thing>.Unavailable>();
        _store.LandLate().ShouldBe(1);
        var sweep = replica.Part<OutboxSweep>();
        await sweep.RunAsync(TimeSpan.FromSeconds(5), Cancellation);
        _stream.Published.ShouldBeEmpty();
        time.Advance(TimeSpan.FromSeconds(5));
        await sweep.RunAsync(TimeSpan.FromSeconds(5), Cancellation);
        _stream.Published.ShouldHaveSingleItem().Type.ShouldBe("thing-created");
        await sweep.RunAsync(TimeSpan.Zero, Cancellation);
        _stream.Published.Count.ShouldBe(1);
    }

    [Fact]
    public async Task G11_a_stream_that_is_away_pushes_back_and_drains_in_order_when_it_returns()
    {
        var time = new FakeTimeProvider();
        await using var replica = new ThingsInMemory(_store, _stream, time, options => (options.Slots, options.SlotsPerReplica) = (2, 2));
        _stream.IsAway = true;
        await replica.SaveAsync(new Thing("1", "one"));
        await replica.SaveAsync(new Thing("1", "two"));

        var third = replica.SaveAsync(new Thing("1", "three")).AsTask();
        time.Advance(TimeSpan.FromSeconds(5));
        (await third).ShouldBe(new MutationOutcome<Thing>.Unavailable("The change could not be committed within its deadline."));

        _stream.IsAway = false;
        var drained = replica.Part<EventOutbox>().DrainAsync(Cancellation);
        while (!drained.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        _stream.Published.Select(outgoing => outgoing.Type).ShouldBe(["thing-created", "thing-updated"]);
    }

    [Fact]
    public async Task a_graceful_stop_leaves_clear_slots()
    {
        await using var replica = new ThingsInMemory(_store, _stream);
        await replica.StartAsync(Cancellation);
        await replica.SaveAsync(new Thing("1", "one"));

        await replica.StopAsync(Cancellation);

        _stream.Published.Count.ShouldBe(1);
        _store.Documents.Where(document => document.Key.StartsWith("outbox-", StringComparison.Ordinal))
            .Select(document => Encoding.UTF8.GetString(document.Value.Value.Span)).ShouldHaveSingleItem().ShouldBe("{}");
    }

    [Theory]
    [InlineData(0, 1, 5, "Outbox:Slots must be 1 to 1024.")]
    [InlineData(4, 5, 5, "Outbox:SlotsPerReplica must be 1 to Outbox:Slots.")]
    [InlineData(4, 2, 0, "Outbox:Age must be 100 ms to 1 h.")]
    public void settings_out_of_range_are_named(int slots, int perReplica, int ageSeconds, string fault) =>
        new OutboxOptionsValidator().Validate(null, new OutboxOptions { Slots = slots, SlotsPerReplica = perReplica, Age = TimeSpan.FromSeconds(ageSeconds) })
            .Failures!.ShouldContain(fault);
}
