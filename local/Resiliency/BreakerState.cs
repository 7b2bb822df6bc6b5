namespace CloudNative.Local.Resiliency;

public enum BreakerPhase
{
    Closed,
    Open,

    /// <summary>Some attempts are let through, to see.</summary>
    HalfOpen,
}

/// <summary>
/// A circuit breaker at one moment. Each change of phase begins a new <paramref name="Generation"/>; an attempt that began in an earlier one no
/// longer counts.
/// </summary>
/// <param name="Until">When the generation ends by itself; null: never.</param>
public sealed record BreakerState(BreakerPhase Phase, int Generation, BreakerCounts Counts, DateTimeOffset? Until)
{
    public static BreakerState Initial(BreakerPolicy policy, DateTimeOffset now) => new(BreakerPhase.Closed, 0, default, IntervalEnd(policy, now));

    /// <summary>As it stands when an attempt asks to begin, and why it may not (null: it may).</summary>
    public (BreakerState State, CallFailure? Refusal) Enter(BreakerPolicy policy, DateTimeOffset now)
    {
        var current = At(policy, now);
        if (current.Phase == BreakerPhase.Open)
            return (current, CallFailure.BreakerIsOpen);
        if (current.Phase == BreakerPhase.HalfOpen && current.Counts.Requests >= policy.MaxRequests)
            return (current, CallFailure.TooManyTrials);
        return (current with { Counts = current.Counts.Request() }, null);
    }

    /// <param name="generation">In which the attempt began.</param>
    public BreakerState Leave(BreakerPolicy policy, int generation, bool succeeded, DateTimeOffset now)
    {
        var current = At(policy, now);
        if (current.Generation != generation)
            return current;
        var counted = current with { Counts = succeeded ? current.Counts.Success() : current.Counts.Failure() };
        return (counted.Phase, succeeded) switch
        {
            (BreakerPhase.HalfOpen, true) when counted.Counts.ConsecutiveSuccesses >= policy.MaxRequests => counted.To(BreakerPhase.Closed, policy, now),
            (BreakerPhase.HalfOpen, false) => counted.To(BreakerPhase.Open, policy, now),
            (BreakerPhase.Closed, false) when policy.Trip.IsTrue(counted.Counts) => counted.To(BreakerPhase.Open, policy, now),
            _ => counted,
        };
    }

    private BreakerState At(BreakerPolicy policy, DateTimeOffset now)
    {
        if (Until is not { } end || end >= now)
            return this;
        return Phase == BreakerPhase.Open ? To(BreakerPhase.HalfOpen, policy, now) : To(BreakerPhase.Closed, policy, now);
    }

    private BreakerState To(BreakerPhase phase, BreakerPolicy policy, DateTimeOffset now) => new(phase, Generation + 1, default, phase switch
    {
        BreakerPhase.Closed => IntervalEnd(policy, now),
        BreakerPhase.Open => now + policy.Timeout,
        _ => null,
    });

    private static DateTimeOffset? IntervalEnd(BreakerPolicy policy, DateTimeOffset now) =>
        policy.Interval > TimeSpan.Zero ? now + policy.Interval : null;
}
