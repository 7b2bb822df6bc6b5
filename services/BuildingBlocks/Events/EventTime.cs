using System.Globalization;

namespace CloudNative.BuildingBlocks.Events;

/// <summary>Times as events carry them: ms since 1970, or RFC 3339 text.</summary>
internal static class EventTime
{
    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>A time of the years 1 to 9999.</summary>
    public static bool IsInRange(long milliseconds) => milliseconds >= Earliest && milliseconds <= Latest;

    public static long? FromText(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUnixTimeMilliseconds()
            : null;
}
