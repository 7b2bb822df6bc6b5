using CloudNative.EventStream.Groups;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.EventStream;

public sealed class RetryingAFailedRecord
{
    [Fact]
    public async Task the_key_waits_for_its_backoff_while_neighbours_go_on()
    {
        var clock = new FakeTimeProvider();
        await using var stream = new AnEventStream(clock);
        var inbox = new Inbox();
        stream.Subscribe(inbox.Answering(delivery =>
            Inbox.TextOf(delivery).Contains("poison", StringComparison.Ordinal) && delivery.Attempt < 3 ? DeliveryOutcome.Failed : DeliveryOutcome.Acknowledged));

        await stream.PublishAsync("a", """{"poison":1}""");
        (await inbox.NextAsync()).Attempt.ShouldBe(1);
        await stream.PublishAsync("a", """{"behind":1}""");
        for (var i = 0; i < 50; i++)
            await stream.PublishAsync($"key-{i}", """{"other":1}""");
        (await inbox.NextAsync(50)).ShouldAllBe(text => text == """{"other":1}""");

        clock.Advance(TimeSpan.FromMilliseconds(49));
        inbox.Waiting.ShouldBe(0);
        var second = await AfterAdvancing(clock, TimeSpan.FromMilliseconds(51), inbox);
        second.Attempt.ShouldBe(2);
        second.Metadata["__attempt"].ShouldBe("2");
        (await AfterAdvancing(clock, TimeSpan.FromMilliseconds(200), inbox)).Attempt.ShouldBe(3);
        var behind = await inbox.NextAsync();
        (Inbox.TextOf(behind), behind.Attempt).ShouldBe(("""{"behind":1}""", 1));
    }

    [Fact]
    public async Task a_handler_that_throws_has_failed()
    {
        var clock = new FakeTimeProvider();
        await using var stream = new AnEventStream(clock);
        var inbox = new Inbox();
        stream.Subscribe(inbox.Answering(delivery => delivery.Attempt == 1 ? throw new InvalidOperationException() : DeliveryOutcome.Acknowledged));

        await stream.PublishAsync("a", """{"n":1}""");

        (await AfterAdvancing(clock, TimeSpan.FromMilliseconds(100), inbox)).Attempt.ShouldBe(2);
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(9, 25_600)]
    [InlineData(10, 30_000)]
    [InlineData(100_000, 30_000)]
    public void the_wait_doubles_up_to_a_limit_and_jitter_takes_off_at_most_half(int failedAttempts, int expectedMs)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30));

        backoff.After(failedAttempts, jitter: 0).ShouldBe(TimeSpan.FromMilliseconds(expectedMs));
        backoff.After(failedAttempts, jitter: 1).ShouldBe(TimeSpan.FromMilliseconds(expectedMs / 2.0));
    }

    [Fact]
    public void keys_that_failed_hold_at_most_half_of_the_streams()
    {
        var ready = new ReadyQueues { Streams = 4 };
        var window = new ShardWindow("shard", Records.SequenceNumber.TrimHorizon, 10, 10);
        for (var i = 0; i < 4; i++)
            ready.Add(new PartitionQueue($"failed-{i}", window) { FailedAttempts = 1 });
        ready.Add(new PartitionQueue("fresh", window));

        var taken = Enumerable.Range(0, 4).Select(_ => ready.TryTake()?.PartitionKey).ToList();

        taken.ShouldBe(["failed-0", "fresh", "failed-1", null]);
    }

    /// <summary>The failure is noted a moment after the handler saw the record, so the clock is moved until the retry comes.</summary>
    private static async Task<Delivery> AfterAdvancing(FakeTimeProvider clock, TimeSpan backoff, Inbox inbox)
    {
        var next = inbox.NextAsync();
        while (!next.IsCompleted)
        {
            clock.Advance(backoff);
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        return await next;
    }
}
