namespace CloudNative.BuildingBlocks.Outbox.Simulated;

/// <summary>
/// One thread, one seed: whatever is ready to run goes on in random order, and time jumps to the next timer when nothing is ready.
/// The same seed gives the same schedule.
/// </summary>
internal sealed class Simulation(int seed) : SynchronizationContext
{
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly PriorityQueue<VirtualTimer, (long Due, long Order)> _timers = new();
    private long _now;
    private long _order;

    public Random Random { get; } = new(seed);

    public TimeProvider Time => field ??= new VirtualTime(this);

    public override void Post(SendOrPostCallback d, object? state) => _ready.Add((d, state));

    public void Run(Func<Task> story)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            var told = story();
            while (!told.IsCompleted)
                Step();
#pragma warning disable VSTHRD002 // The story has ended; this only lets its failure out.
            told.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public Task PauseAsync(double mostMs, CancellationToken cancellationToken = default) =>
        Task.Delay(TimeSpan.FromMilliseconds(1 + (Random.NextDouble() * mostMs)), Time, cancellationToken);

    private void Step()
    {
        if (_ready.Count > 0)
        {
            var drawn = Random.Next(_ready.Count);
            var (callback, state) = _ready[drawn];
            _ready[drawn] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            callback(state);
        }
        else if (_timers.TryDequeue(out var timer, out var at))
        {
            timer.Fire(at);
        }
        else
        {
            throw new InvalidOperationException("Nothing is left to happen, and the story has not ended.");
        }
    }

    private sealed class VirtualTime(Simulation simulation) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddDays(20_000).AddTicks(simulation._now);

        public override long GetTimestamp() => simulation._now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new VirtualTimer(simulation, callback, state);
            timer.Change(dueTime, period);
            return timer;
        }
    }

    private sealed class VirtualTimer(Simulation simulation, TimerCallback callback, object? state) : ITimer
    {
        private long _armed = -1;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _armed = -1;
            if (dueTime == Timeout.InfiniteTimeSpan)
                return true;
            _armed = ++simulation._order;
            simulation._timers.Enqueue(this, (simulation._now + dueTime.Ticks, _armed));
            return true;
        }

        public void Fire((long Due, long Order) at)
        {
            if (at.Order != _armed)
                return;
            _armed = -1;
            simulation._now = Math.Max(simulation._now, at.Due);
            callback(state);
        }

        public void Dispose() => _armed = -1;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
