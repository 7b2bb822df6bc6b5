using System.Net.Http.Json;
using System.Text.Json;
using CloudNative.Local.Faults;
using CloudNative.Local.Resources;

namespace CloudNative.Local.Tests.PubSub;

public sealed class DeliveringFromTheEventStream : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("stream-");

    private string Database => Path.Combine(folder.FullName, "events.db");

    [Fact]
    public async Task events_of_a_key_arrive_in_order_while_keys_share_the_lanes()
    {
        var arrivals = new Arrivals(300);
        await using var stream = await StreamedEvents.StartAsync(Database, "lister", lanes: 4, Take(arrivals));

        await Task.WhenAll(Enumerable.Range(0, 15).Select(async key =>
        {
            for (var number = 0; number < 20; number++)
                await stream.PublishAsync($"k{key}", number);
        }));

        await arrivals.AllAsync();
        arrivals.Events.Count.ShouldBe(300);
        foreach (var key in arrivals.Events.GroupBy(arrived => arrived.Key))
            key.Select(arrived => arrived.Number).ShouldBe(Enumerable.Range(0, 20), key.Key);
    }

    [Fact]
    public async Task a_key_whose_events_fail_does_not_block_its_neighbours_and_comes_again_in_order()
    {
        var (others, poisoned) = (new Arrivals(20), new Arrivals(2));
        var isHealed = new TaskCompletionSource();
        await using var stream = await StreamedEvents.StartAsync(Database, "lister", lanes: 2, arrived =>
        {
            if (arrived.Key != "poison")
                others.Add(arrived);
            else if (isHealed.Task.IsCompleted)
                poisoned.Add(arrived);
            return Task.FromResult(arrived.Key == "poison" && !isHealed.Task.IsCompleted ? 500 : 200);
        });

        await stream.PublishAsync("poison", 1);
        await stream.PublishAsync("poison", 2);
        for (var number = 0; number < 20; number++)
            await stream.PublishAsync("fine", number);
        await others.AllAsync();
        isHealed.SetResult();
        await poisoned.AllAsync();

        others.Events.ShouldAllBe(arrived => arrived.Attempt == 1);
        poisoned.Events.Select(arrived => arrived.Number).ShouldBe([1, 2]);
        poisoned.Events[0].Attempt.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task what_was_published_while_nobody_listened_arrives_after_the_restart()
    {
        var first = new Arrivals(1);
        await using (var stream = await StreamedEvents.StartAsync(Database, "lister", lanes: 1, Take(first)))
        {
            await stream.PublishAsync("a", 1);
            await first.AllAsync();
            await stream.StopAsync();
        }

        var nobody = await StreamedEvents.StartAsync(Database, "other", lanes: 1, _ => Task.FromResult(200));
        await nobody.PublishAsync("a", 2);
        await nobody.DisposeAsync();
        var second = new Arrivals(1);
        await using var again = await StreamedEvents.StartAsync(Database, "lister", lanes: 1, Take(second));
        await second.AllAsync();

        second.Events.Select(arrived => arrived.Number).ShouldContain(2);
    }

    [Fact]
    public async Task every_app_gets_every_event_from_the_file_that_their_sidecars_share()
    {
        var (one, two) = (new Arrivals(10), new Arrivals(10));
        await using var first = await StreamedEvents.StartAsync(Database, "one", lanes: 2, Take(one));
        await using var second = await StreamedEvents.StartAsync(Database, "two", lanes: 2, Take(two));

        for (var number = 0; number < 10; number++)
            await (number % 2 == 0 ? first : second).PublishAsync("k", number);

        await one.AllAsync();
        await two.AllAsync();
        one.Events.Select(arrived => arrived.Number).ShouldBe(Enumerable.Range(0, 10));
        two.Events.Select(arrived => arrived.Number).ShouldBe(Enumerable.Range(0, 10));
    }

    [Fact]
    public async Task a_stopping_sidecar_finishes_the_event_in_hand_and_starts_no_other()
    {
        var inHand = new TaskCompletionSource();
        var mayFinish = new TaskCompletionSource<int>();
        var handled = new Arrivals(1);
        var stream = await StreamedEvents.StartAsync(Database, "lister", lanes: 1, async arrived =>
        {
            inHand.TrySetResult();
            var answer = await mayFinish.Task;
            handled.Add(arrived);
            return answer;
        });
        await stream.PublishAsync("k", 1);
        await stream.PublishAsync("k", 2);
        await inHand.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        var stopped = stream.StopAsync();
        stopped.IsCompleted.ShouldBeFalse();
        mayFinish.SetResult(200);
        await stopped.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        handled.Events.Select(arrived => arrived.Number).ShouldBe([1]);
        await stream.DisposeAsync();
        var rest = new Arrivals(1);
        await using var again = await StreamedEvents.StartAsync(Database, "lister", lanes: 1, Take(rest));
        await rest.AllAsync();
        rest.Events.Select(arrived => arrived.Number).ShouldBe([2]);
    }

    [Fact]
    public async Task publishing_to_a_lane_is_refused()
    {
        await using var stream = await StreamedEvents.StartAsync(Database, "lister", lanes: 1, _ => Task.FromResult(200));

        using var refused = await stream.TryPublishAsync("{}", "events/lane-1");

        ((int)refused.StatusCode).ShouldBe(500);
        var body = await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        body.GetProperty("errorCode").GetString().ShouldBe("ERR_PUBSUB_PUBLISH_MESSAGE");
        body.GetProperty("message").GetString()!.ShouldStartWith("error when publishing to topic events/lane-1 in pubsub event-stream: ");
    }

    [Fact]
    public async Task a_component_set_to_refuse_fails_publishes_and_holds_deliveries_back_without_counting_an_attempt()
    {
        var faults = new Switch();
        var arrivals = new Arrivals(1);
        await using var stream = await StreamedEvents.StartAsync(Database, "lister", lanes: 1, Take(arrivals), faults);
        await using var publisher = await StreamedEvents.StartAsync(Database, "publisher", lanes: 1, _ => Task.FromResult(200));

        faults.IsOn = true;
        using var refused = await stream.TryPublishAsync("{}");
        await publisher.PublishAsync("k", 1);
        await faults.Met.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        arrivals.Events.ShouldBeEmpty();
        faults.IsOn = false;
        await arrivals.AllAsync();

        ((int)refused.StatusCode).ShouldBe(500);
        (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("in pubsub event-stream: refused by the test");
        arrivals.Events.ShouldBe([new StreamedEvent("k", 1, 1)]);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static Func<StreamedEvent, Task<int>> Take(Arrivals arrivals) => arrived =>
    {
        arrivals.Add(arrived);
        return Task.FromResult(200);
    };

    private sealed class Switch : IFaultSwitches
    {
        private readonly TaskCompletionSource twice = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int refusals;

        public bool IsOn { get; set; }

        /// <summary>A delivery has been held back: the publish is the first to meet the switch.</summary>
        public Task Met => twice.Task;

        public ValueTask PassAsync(string component, CancellationToken cancellationToken)
        {
            if (!IsOn)
                return ValueTask.CompletedTask;
            if (Interlocked.Increment(ref refusals) == 2)
                twice.TrySetResult();
            throw new ComponentException("refused by the test");
        }
    }
}
