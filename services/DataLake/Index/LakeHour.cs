using System.Globalization;

namespace CloudNative.DataLake;

/// <summary>An hour (UTC) of event timestamps: what the lake's folders and index are made of. Ordered by time.</summary>
internal readonly record struct LakeHour(DateTimeOffset Start) : IComparable<LakeHour>
{
    private const string Compact = "yyyyMMddHH";
    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>As in keys: <c>2026112515</c>.</summary>
    public string Name => Start.ToString(Compact, CultureInfo.InvariantCulture);

    /// <summary>The month it belongs to: <c>2026-11</c>.</summary>
    public string Month => Start.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public static LakeHour Of(long timestamp)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(timestamp);
        return new LakeHour(new DateTimeOffset(time.Year, time.Month, time.Day, time.Hour, 0, 0, TimeSpan.Zero));
    }

    public static LakeHour Parse(string name) =>
        new(DateTimeOffset.ParseExact(name, Compact, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    /// <summary>Whether this is a time of the years 1 to 9999, in ms since 1970.</summary>
    public static bool Contains(long timestamp) => timestamp >= Earliest && timestamp <= Latest;

    /// <summary>Where an object of this hour stands in the bucket: <c>yyyy/MM/dd/HH/name.ndjson</c>.</summary>
    public string ObjectPath(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{Start:yyyy}/{Start:MM}/{Start:dd}/{Start:HH}/{name}.ndjson");

    public int CompareTo(LakeHour other) => Start.CompareTo(other.Start);
}
