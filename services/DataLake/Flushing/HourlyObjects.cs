using System.Buffers;

namespace CloudNative.DataLake;

/// <summary>An object to write: its hour, its entry in the index, its bytes.</summary>
internal sealed record HourlyObject(LakeHour Hour, LakeObject Entry, ReadOnlyMemory<byte> Content);

internal static class HourlyObjects
{
    /// <summary>One object per hour of event timestamps, its lines in the order of the pages. The same pages give the same objects.</summary>
    public static IReadOnlyList<HourlyObject> Of(string planId, IEnumerable<BufferPage> pages) =>
        [.. pages.SelectMany(page => page.Lines()).GroupBy(line => line.Hour).Select(hour => new HourlyObject(
            hour.Key,
            new LakeObject(planId, hour.Count(), hour.Min(line => line.Timestamp), hour.Max(line => line.Timestamp), LakeObject.PagesOf(hour)),
            Join(hour.Select(line => line.Text))))];

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
