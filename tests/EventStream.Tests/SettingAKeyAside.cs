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

    [Fact]
    public async Task beyond_the_most_keys_the_group_stops_reading_and_loses_nothing()
    {
        await using var stream = new AnEventStream(configure: options => SmallWindow(options) with { MaxKeysSetAside = 1 });
        var (healthy, poisoned, attempts) = (new Inbox(), new Inbox(), new Inbox());
        Subscribe(stream, healthy, poisoned, attempts);
        await stream.PublishAsync(Poison, """{"p":0}""");
        await stream.PublishAsync(Poison + "-2", """{"p":1}""");
        for (var i = 0; i < 300; i++)
            await stream.PublishAsync($"key-{i % 17}", $$"""{"n":{{i}}}""");

        // The window holds 40 from the second poisoned record on; the first is set aside. Each further attempt is time to go on in.
        await healthy.NextAsync(39);
        for (var attempt = 0; attempt < 60; attempt++)
            await attempts.NextAsync();
        healthy.Waiting.ShouldBe(0);

        healed = true;
        (await poisoned.NextAsync(2)).Order().ShouldBe(["""{"p":0}""", """{"p":1}"""]);
        (await healthy.NextAsync(300 - 39)).Distinct().Count().ShouldBe(300 - 39);
        healthy.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task a_key_set_aside_goes_on_counting_its_attempts_after_a_restart()
    {
        await using var stream = new AnEventStream(configure: SmallWindow);
        var (healthy, poisoned, attempts) = (new Inbox(), new Inbox(), new Inbox());
        Subscribe(stream, healthy, poisoned, attempts);
        await PublishAround(stream, others: 400);
        await healthy.NextAsync(400);
        await stream.RestartAsync();

        var attemptsAgain = new Inbox();
        Subscribe(stream, healthy, poisoned, attemptsAgain);
        var first = (await attemptsAgain.NextAsync()).Attempt;

        first.ShouldBeGreaterThan(1);
        (await attemptsAgain.NextAsync()).Attempt.ShouldBe(first + 1);
    }

    [Fact]
    public async Task a_key_in_the_window_starts_counting_anew_after_a_restart()
    {
        await using var stream = new AnEventStream(configure: SmallWindow);
        var attempts = new Inbox();
        Subscribe(stream, new Inbox(), new Inbox(), attempts);
        await stream.PublishAsync(Poison, """{"p":0}""");
        foreach (var attempt in Enumerable.Range(1, 3))
            (await attempts.NextAsync()).Attempt.ShouldBe(attempt);
        await stream.RestartAsync();

        var attemptsAgain = new Inbox();
        Subscribe(stream, new Inbox(), new Inbox(), attemptsAgain);

        (await attemptsAgain.NextAsync()).Attempt.ShouldBe(1);
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

    private void Subscribe(AnEventStream stream, Inbox healthy, Inbox poisoned, Inbox? attempts = null)
    {
        var failing = (attempts ?? new Inbox()).Answering(_ => DeliveryOutcome.Failed);
        RecordHandler handler = (delivery, cancellationToken) =>
            !delivery.Metadata["__partitionKey"].StartsWith(Poison, StringComparison.Ordinal) ? healthy.Acknowledging()(delivery, cancellationToken)
            : healed ? poisoned.Acknowledging()(delivery, cancellationToken)
            : failing(delivery, cancellationToken);
        for (var lane = 1; lane <= 4; lane++)
            stream.Subscribe(handler, topic: $"events/lane-{lane}");
    }
}
