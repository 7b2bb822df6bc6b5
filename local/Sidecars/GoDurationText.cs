using System.Globalization;

namespace CloudNative.Local.Sidecars;

/// <summary>Durations as Go prints them: <c>300ms</c>, <c>1.5s</c>, <c>1m0s</c>, <c>1h0m0s</c>.</summary>
internal static class GoDurationText
{
    public static string Of(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0s";
        if (duration < TimeSpan.FromSeconds(1))
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.####}ms");
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds % 60:0.#######}s");
        if (duration < TimeSpan.FromMinutes(1))
            return seconds;
        return duration < TimeSpan.FromHours(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes}m{seconds}")
            : string.Create(CultureInfo.InvariantCulture, $"{(long)duration.TotalHours}h{duration.Minutes}m{seconds}");
    }
}
