namespace CloudNative.BuildingBlocks.Outbox;

/// <summary>
/// Shares the service's slots out among this process's mutations: at most <see cref="OutboxOptions.SlotsPerReplica"/> at once, the
/// longest unused first, waiters first come, first served. Slots seen to hold somebody's record are left to the sweep.
/// </summary>
internal sealed class SlotPool
{
    private readonly Lock _gate = new();
    private readonly OutboxSlot[] _slots;
    private readonly List<OutboxSlot> _unclaimed;
    private readonly HashSet<OutboxSlot> _occupied = [];
    private readonly LinkedList<OutboxSlot> _free = [];
    private readonly LinkedList<TaskCompletionSource<OutboxSlot>> _waiters = [];
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly int _claimable;
    private int _claimed;

    public SlotPool(OutboxOptions options, TimeProvider time, Random random)
    {
        _slots = [.. Enumerable.Range(0, options.Slots).Select(index => new OutboxSlot(index))];
        _unclaimed = [.. _slots];
        _claimable = options.SlotsPerReplica;
        _time = time;
        _random = random;
    }

    public IReadOnlyList<OutboxSlot> Slots => _slots;

    /// <exception cref="OperationCanceledException">No slot became free before the token was cancelled.</exception>
    public async ValueTask<OutboxSlot> TakeAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<OutboxSlot> turn;
        lock (_gate)
        {
            if (_waiters.Count == 0 && Next() is { } slot)
                return slot;
            turn = new TaskCompletionSource<OutboxSlot>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.AddLast(turn);
        }

        await using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<OutboxSlot>)state!).TrySetCanceled(token), turn))
            return await turn.Task;
    }

    /// <summary>The slot is free again: never written, lost, or its event is acknowledged.</summary>
    public void Return(OutboxSlot slot)
    {
        lock (_gate)
        {
            slot.InHand = null;
            slot.IdleSince = _time.GetTimestamp();
            _free.AddLast(slot);
            ServeWaiters();
        }
    }

    /// <summary>The slot holds, or may hold, a record that is not known to be published: the sweep will see to it.</summary>
    public void SetAside(OutboxSlot slot)
    {
        lock (_gate)
        {
            slot.InHand = null;
            _occupied.Add(slot);
            _claimed--;
            ServeWaiters();
        }
    }

    /// <summary>The sweep saw the slot clear.</summary>
    public void SeenClear(OutboxSlot slot)
    {
        lock (_gate)
        {
            if (!_occupied.Remove(slot))
                return;
            _unclaimed.Add(slot);
            ServeWaiters();
        }
    }

    /// <summary>Takes out the acknowledged slots unused for as long as <paramref name="idle"/>, to clear them; each comes back by <see cref="Return"/>.</summary>
    public IReadOnlyList<OutboxSlot> TakeAcknowledged(TimeSpan idle)
    {
        lock (_gate)
        {
            var taken = _free.Where(slot => slot.Acknowledged is not null && _time.GetElapsedTime(slot.IdleSince) >= idle).ToArray();
            foreach (var slot in taken)
                _free.Remove(slot);
            return taken;
        }
    }

    private void ServeWaiters()
    {
        while (_waiters.First is { } waiter)
        {
            if (waiter.Value.Task.IsCompleted)
            {
                _waiters.RemoveFirst();
                continue;
            }

            if (Next() is not { } slot)
                return;
            _waiters.RemoveFirst();
            if (!waiter.Value.TrySetResult(slot))
                _free.AddFirst(slot);
        }
    }

    private OutboxSlot? Next()
    {
        if (_free.First is { } free)
        {
            _free.RemoveFirst();
            return free.Value;
        }

        if (_claimed == _claimable || _unclaimed.Count == 0)
            return null;
        var drawn = _random.Next(_unclaimed.Count);
        var slot = _unclaimed[drawn];
        _unclaimed.RemoveAt(drawn);
        _claimed++;
        return slot;
    }
}
