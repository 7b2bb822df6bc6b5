namespace CloudNative.Local.Resiliency;

/// <summary>When a circuit breaker opens, and how it closes again.</summary>
/// <param name="MaxRequests">Attempts let through at a time after <paramref name="Timeout"/>, and successes needed to close; default 1.</param>
/// <param name="Interval">After which the counts of a closed breaker start anew; zero (the default): never.</param>
/// <param name="Timeout">For which it stays open; default 60 s.</param>
public sealed record BreakerPolicy(int MaxRequests, TimeSpan Interval, TimeSpan Timeout, TripExpression Trip)
{
    public static readonly BreakerPolicy Default =
        new(1, TimeSpan.Zero, TimeSpan.FromSeconds(60), TripExpression.Parse("consecutiveFailures > 5"));
}

public readonly record struct BreakerCounts(
    int Requests, int TotalSuccesses, int TotalFailures, int ConsecutiveSuccesses, int ConsecutiveFailures)
{
    public BreakerCounts Request() => this with { Requests = Requests + 1 };

    public BreakerCounts Success() => this with
    {
        TotalSuccesses = TotalSuccesses + 1,
        ConsecutiveSuccesses = ConsecutiveSuccesses + 1,
        ConsecutiveFailures = 0,
    };

    public BreakerCounts Failure() => this with
    {
        TotalFailures = TotalFailures + 1,
        ConsecutiveFailures = ConsecutiveFailures + 1,
        ConsecutiveSuccesses = 0,
    };
}
