namespace CloudNative.EventStream;

public sealed class StartingAGroup
{
    [Fact]
    public async Task latest_takes_what_is_published_after_subscribing_and_nothing_before()
    {
        await using var stream = new AnEventStream();
        await stream.PublishAsync("a", """{"n":"before"}""");
        var inbox = new Inbox();

        stream.Subscribe(inbox.Acknowledging());
        await stream.PublishAsync("a", """{"n":"after"}""");

        (await inbox.NextAsync(1)).ShouldBe(["""{"n":"after"}"""]);
    }

    [Fact]
    public async Task latest_has_no_gap_over_a_restart()
    {
        await using var stream = new AnEventStream();
        await stream.PublishAsync("a", """{"n":"before"}""");
        await stream.Subscribe(new Inbox().Acknowledging()).DisposeAsync();
        await stream.RestartAsync();
        await stream.PublishAsync("a", """{"n":"between"}""");
        var inbox = new Inbox();

        stream.Subscribe(inbox.Acknowledging());

        (await inbox.NextAsync(1)).ShouldBe(["""{"n":"between"}"""]);
    }

    [Fact]
    public async Task trim_horizon_takes_everything_that_is_kept()
    {
        await using var stream = new AnEventStream();
        await stream.PublishAsync("a", """{"n":1}""");
        await stream.PublishAsync("a", """{"n":2}""");
        await stream.RestartAsync();
        var inbox = new Inbox();

        stream.Subscribe(inbox.Acknowledging(), start: InitialPosition.TrimHorizon);
        await stream.PublishAsync("a", """{"n":3}""");

        (await inbox.NextAsync(3)).ShouldBe(["""{"n":1}""", """{"n":2}""", """{"n":3}"""]);
    }
}
