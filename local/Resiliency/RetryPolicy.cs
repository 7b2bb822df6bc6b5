namespace CloudNative.Local.Resiliency;

public enum Backoff
{
    /// <summary>The same pause each time.</summary>
    Constant,

    /// <summary>Half a second, then half as much again each time up to a limit, every pause spread by half to both sides.</summary>
    Exponential,
}

/// <summary>How often a failed call is repeated, and after how long.</summary>
/// <param name="Duration">The pause of <see cref="Backoff.Constant"/>; default 5 s.</param>
/// <param name="MaxInterval">The longest pause of <see cref="Backoff.Exponential"/> before it is spread; default 60 s.</param>
/// <param name="MaxRetries">After the first attempt; below zero (the default): for ever.</param>
/// <param name="HttpCodes">A failure with an HTTP status outside of these is not repeated.</param>
/// <param name="GrpcCodes">The same for gRPC codes.</param>
public sealed record RetryPolicy(
    Backoff Backoff, TimeSpan Duration, TimeSpan MaxInterval, int MaxRetries, StatusCodeRanges HttpCodes, StatusCodeRanges GrpcCodes)
{
    public static readonly RetryPolicy Default =
        new(Backoff.Constant, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), -1, StatusCodeRanges.Every, StatusCodeRanges.Every);

    private const double Multiplier = 1.5;
    private static readonly TimeSpan InitialInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>The pause before the next attempt; null: there is none.</summary>
    /// <param name="failures">How often the call has failed by now, from 1.</param>
    /// <param name="random">In [0, 1); 0.5 is the middle of the spread.</param>
    public TimeSpan? Pause(CallFailure failure, int failures, double random)
    {
        if (!IsRepeatable(failure) || (MaxRetries >= 0 && failures > MaxRetries))
            return null;
        return Backoff == Backoff.Constant ? Duration : Interval(failures) * (0.5 + random);
    }

    private bool IsRepeatable(CallFailure failure) => failure.Kind switch
    {
        FailureKind.BreakerOpen or FailureKind.Final => false,
        FailureKind.HttpStatus => HttpCodes.Contains(failure.Code),
        FailureKind.GrpcStatus => GrpcCodes.Contains(failure.Code),
        _ => true,
    };

    private TimeSpan Interval(int failures)
    {
        if (failures == 1)
            return InitialInterval;
        var grown = InitialInterval.TotalSeconds * Math.Pow(Multiplier, failures - 1);
        return grown < MaxInterval.TotalSeconds ? TimeSpan.FromSeconds(grown) : MaxInterval;
    }
}
