using CloudNative.Local.Configurations;
using CloudNative.Local.PubSub;
using CloudNative.Local.PubSub.Components;
using CloudNative.Local.Resources;
using Microsoft.Extensions.Logging.Abstractions;

namespace CloudNative.Local.Tests.PubSub;

public sealed class StandingInForABroker : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private readonly IPubSubComponent broker = ParallelPubSub.Create(
        new Component("bus", PubSubSidecar.ParallelBroker, "v1", new Dictionary<string, string>(), [], false, ""),
        new ComponentContext("orders", path => path, TimeProvider.System, NullLoggerFactory.Instance));

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task handlers_begin_in_order_and_do_not_wait_for_each_other()
    {
        var begun = new List<string>();
        var all = new TaskCompletionSource();
        await SubscribeAsync("events", async (message, cancellationToken) =>
        {
            begun.Add(message.Metadata["n"]);
            if (begun.Count == 3)
                all.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return true;
        });

        foreach (var n in (string[])["1", "2", "3"])
            await PublishAsync("events", n);
        await all.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);

        begun.ShouldBe(["1", "2", "3"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task what_a_handler_fails_is_lost_and_the_next_message_comes(bool throws)
    {
        var handled = new List<string>();
        var second = new TaskCompletionSource();
        await SubscribeAsync("events", (message, _) =>
        {
            handled.Add(message.Metadata["n"]);
            if (message.Metadata["n"] == "2")
                second.SetResult();
            return throws ? throw new InvalidOperationException("by the test") : new(false);
        });

        await PublishAsync("other", "0");
        await PublishAsync("events", "1");
        await PublishAsync("events", "2");
        await second.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);

        handled.ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task the_type_it_stands_for_is_no_component_type_otherwise()
    {
        using var folder = new ScratchFolder();
        folder.Write("bus.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: bus}}\nspec: {{type: {PubSubSidecar.ParallelBroker}, version: v1}}\n");
        var visible = ResourceLoader.Load([folder.Root]).For("orders");
        var context = new ComponentContext("orders", path => path, TimeProvider.System, NullLoggerFactory.Instance);

        await Should.ThrowAsync<ComponentInitException>(CreateAsync(context));
        await using var replayed = await CreateAsync(context with { ParallelBrokerType = PubSubSidecar.ParallelBroker });

        replayed.Components.PubSub["bus"].Instance.ShouldBeOfType<ParallelPubSub>();

        Task<ComponentSet> CreateAsync(ComponentContext with) =>
            ComponentSet.CreateAsync(visible, SidecarConfiguration.Default, with, _ => null, TestContext.Current.CancellationToken);
    }

    private ValueTask<IAsyncDisposable> SubscribeAsync(string topic, Func<PubSubMessage, CancellationToken, ValueTask<bool>> handler) =>
        broker.SubscribeAsync(topic, new Dictionary<string, string>(), handler, TestContext.Current.CancellationToken);

    private ValueTask PublishAsync(string topic, string n) =>
        broker.PublishAsync(new PubSubMessage(topic, default, new Dictionary<string, string> { ["n"] = n }), TestContext.Current.CancellationToken);
}
