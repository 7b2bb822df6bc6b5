namespace CloudNative.Local.Apps;

/// <summary>How long a crashed app waits before it is started again: 0.5 s, doubling to 10 s, and from the beginning after 30 s without a crash.</summary>
internal readonly record struct RestartBackoff(TimeSpan Wait)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(30);

    public static RestartBackoff None => new(TimeSpan.Zero);

    public RestartBackoff AfterCrash(TimeSpan uptime)
    {
        if (uptime >= Steady || Wait == TimeSpan.Zero)
            return new RestartBackoff(Shortest);
        return new RestartBackoff(Wait * 2 < Longest ? Wait * 2 : Longest);
    }
}
