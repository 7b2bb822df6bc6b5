using CloudNative.BuildingBlocks.Buckets;

namespace CloudNative.DataLake;

/// <summary>Lists the events of one hour, loading no more objects than the page needs.</summary>
internal sealed class HourReader(IBucket bucket, HourIndex hours, CorruptLines corrupt)
{
    /// <param name="buffered">What was in the pages before the hour's objects are looked up: a flush may show an event in both.</param>
    public async ValueTask ReadAsync(
        LakeHour hour, IReadOnlyList<PlacedEvent> buffered, EventQuery query, FoundEvents found, CancellationToken cancellationToken)
    {
        var events = new Dictionary<string, PlacedEvent>(StringComparer.Ordinal);
        AddTo(events, buffered);
        var objects = await hours.ObjectsAsync(hour, cancellationToken);
        foreach (var lakeObject in objects.Where(o => o.Last >= query.First && o.First < query.To).OrderBy(o => o.First))
        {
            // Every object from here on begins later than what already fills the page.
            if (events.Count >= found.Missing && events.Values.Count(placed => placed.Position.Timestamp < lakeObject.First) >= found.Missing)
                break;
            AddTo(events, (await EventsAsync(hour, lakeObject, found, cancellationToken)).Where(placed => query.Matches(placed.Line, placed.Position)));
        }

        found.Add(events.Values.OrderBy(placed => placed.Position));
    }

    private static void AddTo(Dictionary<string, PlacedEvent> events, IEnumerable<PlacedEvent> more)
    {
        foreach (var placed in more)
            events.TryAdd(placed.Line.Id, placed);
    }

    private async ValueTask<IReadOnlyList<PlacedEvent>> EventsAsync(
        LakeHour hour, LakeObject lakeObject, FoundEvents found, CancellationToken cancellationToken)
    {
        var path = hour.ObjectPath(lakeObject.Name);
        if (await bucket.GetAsync(path, cancellationToken) is not { } content)
        {
            found.Corrupt += corrupt.ReportMissing(path, lakeObject.Count);
            return [];
        }

        var events = new List<PlacedEvent>();
        foreach (var (number, (text, arrival)) in LakeLine.Split(content).Zip(lakeObject.Arrivals()).Index())
        {
            if (LakeLine.TryParse(text) is { } line)
                events.Add(new PlacedEvent(line, new LakeCursor(line.Timestamp, arrival)));
            else
                found.Corrupt += corrupt.Report(path, number + 1);
        }

        return events;
    }
}
