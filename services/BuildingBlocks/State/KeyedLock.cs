namespace CloudNative.BuildingBlocks.State;

/// <summary>One holder at a time per key inside this process, first come, first served. Keys nobody holds cost nothing.</summary>
internal sealed class KeyedLock
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<TaskCompletionSource>> _waiting = new(StringComparer.Ordinal);

    /// <exception cref="OperationCanceledException">The token was cancelled before the key was free.</exception>
    public async ValueTask<Lease> AcquireAsync(string key, CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (!_waiting.TryGetValue(key, out var queue))
            {
                _waiting.Add(key, new Queue<TaskCompletionSource>());
                return new Lease(this, key);
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            queue.Enqueue(turn);
        }

        await using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), turn))
        {
            await turn.Task;
            return new Lease(this, key);
        }
    }

    private void Release(string key)
    {
        lock (_gate)
        {
            var queue = _waiting[key];
            while (queue.TryDequeue(out var next))
            {
                if (next.TrySetResult())
                    return;
            }

            _waiting.Remove(key);
        }
    }

    internal readonly struct Lease(KeyedLock owner, string key) : IDisposable
    {
        public void Dispose() => owner.Release(key);
    }
}
