namespace CloudNative.EventStream;

public sealed class SettingAKeyAside
{
    private const string Poison = "poison";

    private volatile bool healed;

    [Fact]
    public async Task many_windows_of_records_flow_past_a_poisoned_key_which_keeps_its_order()
    {
        await using var stream = new AnEventStream(configure: SmallWindow);
        var (healthy, poisoned) = (new Inbox(), new Inbox());
        Subscribe(stream, healthy, poisoned);

        await PublishAround(stream, others: 400);
        (await healthy.NextAsync(400)).Count.ShouldBe(400);

        healed = true;
        (await poisoned.NextAsync(4)).ShouldBe(["""{"p":0}""", """{"p":1}""", """{"p":2}""", """{"p":3}"""]);
        healthy.Waiting.ShouldBe(0);

        await stream.PublishAsync(Poison, """{"p":4}""");
        (await poisoned.NextAsync(1)).ShouldBe(["""{"p":4}"""]);
    }

    [Fact]
    public async Task it_survives_a_restart_and_the_others_do_not_come_again()
    {
        await using var stream = new AnEventStream(configure: SmallWindow);
        var (healthy, poisoned) = (new Inbox(), new Inbox());
        Subscribe(stream, healthy, poisoned);
        await PublishAround(stream, others: 400);
        await healthy.NextAsync(400);

        await stream.RestartAsync();
        healed = true;
        Subscribe(stream, healthy, poisoned);
        await stream.PublishAsync("last", """{"last":1}""");

        (await poisoned.NextAsync(4)).ShouldBe(["""{"p":0}""", """{"p":1}""", """{"p":2}""", """{"p":3}"""]);
        (await UntilLast(healthy)).ShouldBeLessThan(40);
        await stream.RestartAsync();
        Subscribe(stream, healthy, poisoned);
        await stream.PublishAsync(Poison, """{"p":4}""");
        (await poisoned.NextAsync(1)).ShouldBe(["""{"p":4}"""]);
    }

    private static EventStreamOptions SmallWindow(EventStreamOptions options) => options with
    {
        ShardsPerTopic = 1,
        WindowRecords = 40,
        TailBytes = 200,
        InitialBackoff = TimeSpan.FromMilliseconds(5),
        MaxBackoff = TimeSpan.FromMilliseconds(20),
    };

    private static async Task PublishAround(AnEventStream stream, int others)
    {
        for (var i = 0; i < others; i++)
        {
            if (i % (others / 4) == 0)
                await stream.PublishAsync(Poison, $$"""{"p":{{i / (others / 4)}}}""");
            await stream.PublishAsync($"key-{i % 17}", $$"""{"n":{{i}}}""");
        }
    }

    private static async Task<int> UntilLast(Inbox inbox)
    {
        var before = 0;
        while (Inbox.TextOf(await inbox.NextAsync()) != """{"last":1}""")
            before++;
        return before;
    }

    private void Subscribe(AnEventStream stream, Inbox healthy, Inbox poisoned)
    {
        RecordHandler handler = (delivery, cancellationToken) => delivery.Metadata["__partitionKey"] != Poison
            ? healthy.Acknowledging()(delivery, cancellationToken)
            : healed ? poisoned.Acknowledging()(delivery, cancellationToken) : ValueTask.FromResult(DeliveryOutcome.Failed);
        for (var lane = 1; lane <= 4; lane++)
            stream.Subscribe(handler, topic: $"events/lane-{lane}");
    }
}
