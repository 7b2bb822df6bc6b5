namespace CloudNative.Local.PubSub.Delivering;

/// <summary>Lets deliveries through until it is closed, and then tells when the last one inside is done.</summary>
internal sealed class DeliveryGate
{
    private readonly TaskCompletionSource empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock sync = new();
    private int inside;
    private bool closed;

    public bool TryEnter()
    {
        lock (sync)
        {
            inside += closed ? 0 : 1;
            return !closed;
        }
    }

    public void Leave()
    {
        lock (sync)
        {
            if (--inside == 0 && closed)
                empty.TrySetResult();
        }
    }

    /// <summary>Completes when no delivery is inside any more; cancelling leaves them running.</summary>
    public Task CloseAsync(CancellationToken cancellationToken)
    {
        lock (sync)
        {
            closed = true;
            if (inside == 0)
                empty.TrySetResult();
        }

        return empty.Task.WaitAsync(cancellationToken);
    }
}
