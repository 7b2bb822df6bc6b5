using System.Buffers;

namespace CloudNative.DataLake;

/// <summary>An object to write: its hour, its entry in the index, its bytes.</summary>
internal sealed record HourlyObject(LakeHour Hour, LakeObject Entry, ReadOnlyMemory<byte> Content);

internal static class HourlyObjects
{
    /// <summary>
    /// One object per hour of event timestamps, its lines in the order of the pages. The same pages give the same objects.
    /// A line that cannot be read goes with the one before it: it is kept and reported when it is read.
    /// </summary>
    public static IReadOnlyList<HourlyObject> Of(string planId, IEnumerable<BufferPage> pages)
    {
        var lines = new List<(LakeHour Hour, long Timestamp, ReadOnlyMemory<byte> Line)>();
        var timestamp = 0L;
        foreach (var line in pages.SelectMany(page => LakeLine.Split(page.Text)))
        {
            timestamp = LakeLine.TryParse(line)?.Timestamp ?? timestamp;
            lines.Add((LakeHour.Of(timestamp), timestamp, line));
        }

        return [.. lines.GroupBy(line => line.Hour).Select(hour => new HourlyObject(
            hour.Key,
            new LakeObject(planId, hour.Count(), hour.Min(line => line.Timestamp), hour.Max(line => line.Timestamp)),
            Join(hour.Select(line => line.Line))))];
    }

    private static ReadOnlyMemory<byte> Join(IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var line in lines)
        {
            text.Write(line.Span);
            text.Write("\n"u8);
        }

        return text.WrittenMemory;
    }
}
