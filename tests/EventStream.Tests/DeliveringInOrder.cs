using System.Collections.Concurrent;

namespace CloudNative.EventStream;

public sealed class DeliveringInOrder
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task every_key_keeps_its_order_over_many_streams_and_nothing_comes_twice()
    {
        const int Keys = 50, PerKey = 40, Streams = 16;
        await using var stream = new AnEventStream();
        var seen = new ConcurrentDictionary<string, List<int>>();
        var outNow = new ConcurrentDictionary<string, int>();
        var overlaps = 0;
        var left = Keys * PerKey;
        var done = new TaskCompletionSource();
        for (var lane = 1; lane <= Streams; lane++)
        {
            stream.Subscribe(
                async (delivery, _) =>
                {
                    var key = delivery.Metadata["__partitionKey"];
                    if (outNow.AddOrUpdate(key, 1, (_, count) => count + 1) != 1)
                        Interlocked.Increment(ref overlaps);
                    await Task.Yield();
                    seen.GetOrAdd(key, _ => []).Add(int.Parse(Inbox.TextOf(delivery)[5..^1], null));
                    outNow.AddOrUpdate(key, 0, (_, count) => count - 1);
                    if (Interlocked.Decrement(ref left) == 0)
                        done.SetResult();
                    return DeliveryOutcome.Acknowledged;
                },
                topic: $"events/lane-{lane}");
        }

        await Task.WhenAll(Enumerable.Range(0, Keys).Select(key => Task.Run(
            async () =>
            {
                for (var number = 0; number < PerKey; number++)
                    await stream.PublishAsync($"key-{key}", $$"""{"n":{{number}}}""");
            },
            Cancellation)));
        await done.Task.WaitAsync(AnEventStream.Deadline, Cancellation);

        overlaps.ShouldBe(0);
        seen.Count.ShouldBe(Keys);
        seen.Values.ShouldAllBe(numbers => numbers.SequenceEqual(Enumerable.Range(0, PerKey)));
        stream.Engine.Commits.ShouldBeLessThan(Keys * PerKey);
    }

    [Fact]
    public async Task a_stream_that_hangs_holds_up_its_own_key_only()
    {
        await using var stream = new AnEventStream();
        var inbox = new Inbox();
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RecordHandler handler = async (delivery, cancellationToken) =>
        {
            if (delivery.Metadata["__partitionKey"] == "slow")
                await hanging.Task.WaitAsync(cancellationToken);
            return await inbox.Acknowledging()(delivery, cancellationToken);
        };
        stream.Subscribe(handler, topic: "events/lane-1");
        stream.Subscribe(handler, topic: "events/lane-2");

        await stream.PublishAsync("slow", """{"slow":1}""");
        await stream.PublishAsync("slow", """{"slow":2}""");
        for (var i = 0; i < 20; i++)
            await stream.PublishAsync($"key-{i}", """{"fast":1}""");

        (await inbox.NextAsync(20)).ShouldAllBe(text => text == """{"fast":1}""");
        hanging.SetResult();
        (await inbox.NextAsync(2)).ShouldBe(["""{"slow":1}""", """{"slow":2}"""]);
    }

    [Fact]
    public async Task closing_a_stream_gives_its_record_back_to_another_without_counting_an_attempt()
    {
        await using var stream = new AnEventStream();
        var inbox = new Inbox();
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = stream.Subscribe(async (_, cancellationToken) =>
        {
            received.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return DeliveryOutcome.Acknowledged;
        });
        await stream.PublishAsync("a", """{"n":1}""");
        await stream.PublishAsync("a", """{"n":2}""");
        await received.Task.WaitAsync(AnEventStream.Deadline, Cancellation);

        stream.Subscribe(inbox.Acknowledging(), topic: "events/lane-7");
        await first.DisposeAsync();

        var delivery = await inbox.NextAsync();
        Inbox.TextOf(delivery).ShouldBe("""{"n":1}""");
        delivery.Attempt.ShouldBe(1);
        delivery.Topic.ShouldBe("events/lane-7");
        (await inbox.NextAsync(1)).ShouldBe(["""{"n":2}"""]);
    }

    [Fact]
    public async Task groups_and_topics_know_nothing_of_each_other()
    {
        await using var stream = new AnEventStream();
        var (one, two, other) = (new Inbox(), new Inbox(), new Inbox());
        stream.Subscribe(one.Acknowledging(), group: "one");
        stream.Subscribe(two.Answering(delivery => delivery.Attempt == 1 ? DeliveryOutcome.Failed : DeliveryOutcome.Acknowledged), group: "two");
        stream.Subscribe(other.Acknowledging(), topic: "others");

        await stream.PublishAsync("a", """{"n":1}""");
        await stream.PublishAsync("a", """{"n":2}""", topic: "others");

        (await one.NextAsync(1)).ShouldBe(["""{"n":1}"""]);
        (await two.NextAsync(2)).ShouldBe(["""{"n":1}""", """{"n":1}"""]);
        (await other.NextAsync(1)).ShouldBe(["""{"n":2}"""]);
        one.Waiting.ShouldBe(0);
    }
}
