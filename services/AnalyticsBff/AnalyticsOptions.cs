namespace CloudNative.AnalyticsBff;

/// <summary>What is counted, and for how long the pieces are kept. Settings <c>Analytics__...</c>.</summary>
public sealed class AnalyticsOptions
{
    public const string Section = "Analytics";

    /// <summary>A regular expression: an event whose type it matches anywhere is counted, any other is passed over. Default: every type.</summary>
    public string ByType { get; set; } = ".+";

    /// <summary>How long after its timestamp a raw event is kept. Default 1 h. Totals stay.</summary>
    public TimeSpan RawTimeToLive { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long an event id is known to be counted, from its arrival. Default 8 days: longer than the stream keeps events.</summary>
    public TimeSpan MarkerTimeToLive { get; set; } = TimeSpan.FromDays(8);

    /// <summary>An event with a timestamp further ahead of this process's clock is set aside as a fault. Default 1 day.</summary>
    public TimeSpan FutureTolerance { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The most events in one transaction, from 1 to 32: each may take three of the 100 operations DynamoDB allows. Default 32.</summary>
    public int BatchEvents { get; set; } = 32;

    /// <summary>The most types a user and month are broken down by; what comes beyond is counted under <c>~other</c>. Default 500, at most 1,000.</summary>
    public int MaxTypes { get; set; } = 500;

    /// <summary>How long a rebuild waits until every replica counts into the new view as well. Default 5 s.</summary>
    public TimeSpan RebuildGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A rebuild in which nothing more arrives for so long is given up. Default 5 min.</summary>
    public TimeSpan RebuildPatience { get; set; } = TimeSpan.FromMinutes(5);

    internal bool IsValid() =>
        this is { BatchEvents: >= 1 and <= 32, MaxTypes: >= 1 and <= 1000 }
        && RawTimeToLive > TimeSpan.Zero && MarkerTimeToLive >= TimeSpan.FromMinutes(1)
        && FutureTolerance >= TimeSpan.Zero && RebuildGrace >= TimeSpan.Zero && RebuildPatience > TimeSpan.Zero;
}
