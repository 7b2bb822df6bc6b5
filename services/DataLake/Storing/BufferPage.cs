using System.Buffers;
using System.Text;
using System.Text.Json;

namespace CloudNative.DataLake;

/// <summary>
/// A page of the buffer: events that are stored but not in the bucket yet, one per line under a line of its own. A sealed page never
/// changes until it is cleared, so whoever flushes it writes the same objects.
/// </summary>
/// <param name="Id">New for each filling of the page; ids are ordered by <paramref name="Opened"/>, so they are the order of pages.</param>
/// <param name="Opened">When this filling began, ms since 1970.</param>
/// <param name="Text">The lines, each with its line feed.</param>
internal sealed record BufferPage(string Id, long Opened, int Count, bool Sealed, ReadOnlyMemory<byte> Text)
{
    /// <summary>What a page without events holds.</summary>
    public static readonly ReadOnlyMemory<byte> Cleared = "{}"u8.ToArray();

    public static BufferPage Open(long opened) =>
        new(Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(opened)).ToString("N"), opened, 0, false, default);

    public static string Key(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"page-{number}");

    /// <summary>Null for a page without events.</summary>
    /// <exception cref="InvalidDataException">The document is no page.</exception>
    public static BufferPage? Read(ReadOnlyMemory<byte> document)
    {
        if (document.Length <= Cleared.Length)
            return null;
        var end = document.Span.IndexOf((byte)'\n');
        try
        {
            using var header = JsonDocument.Parse(document[..Math.Max(end, 0)]);
            var root = header.RootElement;
            return new BufferPage(
                root.GetProperty("page").GetString()!,
                root.GetProperty("opened").GetInt64(),
                root.GetProperty("count").GetInt32(),
                root.GetProperty("sealed").GetBoolean(),
                document[(end + 1)..]);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException("A buffer page has no readable head.", broken);
        }
    }

    public BufferPage Append(IReadOnlyCollection<ReadOnlyMemory<byte>> lines)
    {
        var text = new ArrayBufferWriter<byte>(Text.Length + lines.Sum(line => line.Length + 1));
        text.Write(Text.Span);
        foreach (var line in lines)
        {
            text.Write(line.Span);
            text.Write("\n"u8);
        }

        return this with { Count = Count + lines.Count, Text = text.WrittenMemory };
    }

    /// <summary>The lines with their hours and places. A line that cannot be read goes with the one before it: it is kept, and reported when it is read.</summary>
    public IEnumerable<ArrivedLine> Lines()
    {
        var timestamp = Opened;
        var linesOfHour = new Dictionary<LakeHour, int>();
        foreach (var text in LakeLine.Split(Text))
        {
            var line = LakeLine.TryParse(text);
            timestamp = line?.Timestamp ?? timestamp;
            var hour = LakeHour.Of(timestamp);
            var number = linesOfHour.GetValueOrDefault(hour);
            linesOfHour[hour] = number + 1;
            yield return new ArrivedLine(hour, timestamp, new Arrival(Id, number), text, line);
        }
    }

    public ReadOnlyMemory<byte> ToDocument()
    {
        var head = $$"""{"page":"{{Id}}","opened":{{Opened}},"count":{{Count}},"sealed":{{(Sealed ? "true" : "false")}}}""" + "\n";
        var document = new byte[head.Length + Text.Length];
        Encoding.ASCII.GetBytes(head, document);
        Text.CopyTo(document.AsMemory(head.Length));
        return document;
    }
}
