using CloudNative.Local.PubSub;
using CloudNative.Local.PubSub.Delivering;
using CloudNative.Local.PubSub.Subscribing;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.Local.Tests.PubSub;

public sealed class GatheringABatch : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider time = new();
    private readonly System.Threading.Channels.Channel<IReadOnlyList<string>> batches = System.Threading.Channels.Channel.CreateUnbounded<IReadOnlyList<string>>();
    private readonly BulkBuffer buffer;
    private Func<IReadOnlyList<bool>> answer = () => [];

    public GatheringABatch() => buffer = new BulkBuffer(new BulkWindow(3, TimeSpan.FromSeconds(1)), DeliverAsync, time);

    public ValueTask DisposeAsync() => buffer.DisposeAsync();

    [Fact]
    public async Task ends_as_soon_as_it_is_full()
    {
        answer = () => [true, false, true];

        var handled = Hand("a", "b", "c");

        (await NextAsync()).ShouldBe(["a", "b", "c"]);
        (await Task.WhenAll(handled).WaitAsync(Deadline, TestContext.Current.CancellationToken)).ShouldBe([true, false, true]);
    }

    [Fact]
    public async Task ends_a_while_after_its_first_message()
    {
        answer = () => [true, true];
        var first = Hand("a");
        time.Advance(TimeSpan.FromMilliseconds(600));
        var second = Hand("b");
        batches.Reader.TryRead(out _).ShouldBeFalse();

        await AdvanceUntilAsync(TimeSpan.FromMilliseconds(400), Task.WhenAll([.. first, .. second]));

        (await NextAsync()).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task leaves_out_what_its_component_has_taken_back()
    {
        answer = () => [true];
        using var back = new CancellationTokenSource();
        var gone = buffer.HandleAsync(Message("gone"), back.Token).AsTask();
        await back.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(gone);

        var handled = Hand("b");
        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), Task.WhenAll(handled));

        (await NextAsync()).ShouldBe(["b"]);
    }

    [Fact]
    public async Task that_cannot_be_delivered_fails_its_messages_and_not_the_next_batch()
    {
        answer = () => throw new InvalidOperationException("by the test");
        await Should.ThrowAsync<InvalidOperationException>(Task.WhenAll(Hand("a", "b", "c")).WaitAsync(Deadline, TestContext.Current.CancellationToken));

        answer = () => [true, true, true];
        (await Task.WhenAll(Hand("d", "e", "f")).WaitAsync(Deadline, TestContext.Current.CancellationToken)).ShouldBe([true, true, true]);
    }

    [Fact]
    public async Task is_given_up_when_its_subscription_ends()
    {
        var waiting = Hand("a");

        await buffer.DisposeAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting[0].WaitAsync(Deadline, TestContext.Current.CancellationToken));
        batches.Reader.TryRead(out _).ShouldBeFalse();
    }

    private List<Task<bool>> Hand(params string[] topics) =>
        [.. topics.Select(topic => buffer.HandleAsync(Message(topic), TestContext.Current.CancellationToken).AsTask())];

    private static PubSubMessage Message(string topic) => new(topic, default, new Dictionary<string, string>());

    private async Task<IReadOnlyList<string>> NextAsync() =>
        await batches.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline, TestContext.Current.CancellationToken);

    /// <summary>The buffer sets its timer on a thread of its own, so time passes in steps until it has.</summary>
    private async Task AdvanceUntilAsync(TimeSpan step, Task done)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!done.IsCompleted && !deadline.IsCancellationRequested)
        {
            time.Advance(step);
            await Task.Yield();
        }

        await done.WaitAsync(Deadline, TestContext.Current.CancellationToken);
    }

    private ValueTask<IReadOnlyList<bool>> DeliverAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        batches.Writer.TryWrite([.. messages.Select(message => message.Topic)]);
        return new(answer());
    }
}
