using System.Threading.Channels;
using CloudNative.Local.PubSub.Subscribing;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>
/// Gathers the messages of one bulk subscription into batches. A message waits until its batch is delivered, so a component that hands over
/// one at a time makes batches of one and waits out the whole window each time, as under daprd.
/// </summary>
internal sealed class BulkBuffer : IAsyncDisposable
{
    private readonly Channel<Waiting> arrivals = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource stopping = new();
    private readonly BulkWindow window;
    private readonly Func<IReadOnlyList<PubSubMessage>, CancellationToken, ValueTask<IReadOnlyList<bool>>> deliver;
    private readonly TimeProvider time;
    private readonly Task gathering;

    /// <param name="deliver">Gives for each message whether the component may forget it.</param>
    public BulkBuffer(BulkWindow window, Func<IReadOnlyList<PubSubMessage>, CancellationToken, ValueTask<IReadOnlyList<bool>>> deliver, TimeProvider time)
    {
        this.window = window;
        this.deliver = deliver;
        this.time = time;
        gathering = GatherAsync();
    }

    /// <returns>True: the component may forget the message.</returns>
    public async ValueTask<bool> HandleAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        var one = new Waiting(message, time.GetTimestamp());
        arrivals.Writer.TryWrite(one);
        await using var withdrawal = cancellationToken.UnsafeRegister(static (state, token) => ((Waiting)state!).Done.TrySetCanceled(token), one);
        return await one.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (!arrivals.Writer.TryComplete())
            return;
        await stopping.CancelAsync();
        await gathering;
        stopping.Dispose();
    }

    private async Task GatherAsync()
    {
        try
        {
            while (true)
                await DeliverAsync(await BatchAsync(await arrivals.Reader.ReadAsync(stopping.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or ChannelClosedException)
        {
            while (arrivals.Reader.TryRead(out var left))
                left.Done.TrySetCanceled(stopping.Token);
        }
    }

    private async Task<List<Waiting>> BatchAsync(Waiting first)
    {
        List<Waiting> batch = [first];
        using var deadline = new CancellationTokenSource(Left(first), time);
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping.Token);
        try
        {
            while (batch.Count < window.MaxMessages)
                batch.Add(arrivals.Reader.TryRead(out var next) ? next : await arrivals.Reader.ReadAsync(closing.Token));
        }
        catch (Exception closed) when (closed is OperationCanceledException or ChannelClosedException)
        {
            // The window has closed; what came by then is the batch.
        }

        return batch;
    }

    private TimeSpan Left(Waiting first)
    {
        var left = window.MaxAwait - time.GetElapsedTime(first.ArrivedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task DeliverAsync(List<Waiting> batch)
    {
        batch.RemoveAll(one => one.Done.Task.IsCompleted);
        if (batch.Count == 0)
            return;
        try
        {
            var outcomes = await deliver([.. batch.Select(one => one.Message)], stopping.Token);
            foreach (var (one, isDone) in batch.Zip(outcomes))
                one.Done.TrySetResult(isDone);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            batch.ForEach(one => one.Done.TrySetCanceled(stopping.Token));
        }
#pragma warning disable CA1031 // The edge of the gathering loop: whoever handed the messages over sees the failure, and the next batch goes on.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            batch.ForEach(one => one.Done.TrySetException(failure));
        }
    }

    private sealed record Waiting(PubSubMessage Message, long ArrivedAt)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
