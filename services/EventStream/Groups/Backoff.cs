namespace CloudNative.EventStream.Groups;

/// <summary>How long a key waits after a failure: doubling from <paramref name="Initial"/> up to <paramref name="Max"/>.</summary>
internal sealed record Backoff(TimeSpan Initial, TimeSpan Max)
{
    /// <param name="failedAttempts">From 1.</param>
    /// <param name="jitter">0 to 1: takes off up to half, so that keys that failed together do not come back together.</param>
    public TimeSpan After(int failedAttempts, double jitter)
    {
        var doubled = Initial * Math.Pow(2, Math.Min(failedAttempts - 1, 30));
        return (doubled < Max ? doubled : Max) * (1 - jitter / 2);
    }
}
