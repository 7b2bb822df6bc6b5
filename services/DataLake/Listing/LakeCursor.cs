using System.Globalization;

namespace CloudNative.DataLake;

/// <summary>
/// A position in the order of listings, by timestamp, then arrival: that of the event shown last. No event ever changes its own, so
/// whatever arrives or is flushed meanwhile, the next page begins exactly behind it.
/// </summary>
internal sealed record LakeCursor(long Timestamp, Arrival Arrival) : IComparable<LakeCursor>
{
    private const int MaxPageLength = 64;

    public int CompareTo(LakeCursor? other)
    {
        if (other is null)
            return 1;
        var byTime = Timestamp.CompareTo(other.Timestamp);
        return byTime != 0 ? byTime : Arrival.CompareTo(other.Arrival);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Timestamp}.{Arrival.Page}.{Arrival.Line}");

    public static LakeCursor? TryParse(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 3
            && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var timestamp)
            && LakeHour.Contains(timestamp)
            && parts[1].Length is > 0 and <= MaxPageLength
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var line)
                ? new LakeCursor(timestamp, new Arrival(parts[1], line))
                : null;
    }
}
