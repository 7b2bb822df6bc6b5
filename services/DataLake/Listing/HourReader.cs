using CloudNative.BuildingBlocks.Buckets;

namespace CloudNative.DataLake;

/// <summary>Lists the events of one hour, loading no more objects than the page needs.</summary>
internal sealed class HourReader(IBucket bucket, HourIndex hours, CorruptLines corrupt)
{
    private readonly record struct Place(LakeLine Line, int Source, int Number);

    public async ValueTask ReadAsync(
        LakeHour hour, IReadOnlyList<LakeLine> buffered, EventQuery query, FoundEvents found, CancellationToken cancellationToken)
    {
        var first = Math.Max(query.From, query.Cursor?.Timestamp ?? query.From);
        var objects = await hours.ObjectsAsync(hour, cancellationToken);
        // What is still buffered arrived after everything in the bucket.
        var places = buffered.Where(line => line.Timestamp >= first).Select((line, number) => new Place(line, int.MaxValue, number)).ToList();
        var candidates = objects.Select((o, arrival) => (Object: o, Arrival: arrival)).Where(o => o.Object.Last >= first && o.Object.First < query.To);
        foreach (var (lakeObject, arrival) in candidates.OrderBy(o => o.Object.First))
        {
            // Every object from here on begins later than what already fills the page.
            if (places.Count >= found.Missing && places.Count(place => place.Line.Timestamp < lakeObject.First) >= found.Missing)
                break;
            var lines = await LinesAsync(hour, lakeObject, found, cancellationToken);
            places.AddRange(lines
                .Select((line, number) => new Place(line, arrival, number))
                .Where(place => place.Line.Timestamp >= first && query.Matches(place.Line)));
        }

        found.Add(places
            .OrderBy(place => place.Line.Timestamp).ThenBy(place => place.Source).ThenBy(place => place.Number)
            .Select(place => place.Line)
            .DistinctBy(line => line.Id));
    }

    private async ValueTask<IReadOnlyList<LakeLine>> LinesAsync(
        LakeHour hour, LakeObject lakeObject, FoundEvents found, CancellationToken cancellationToken)
    {
        var path = hour.ObjectPath(lakeObject.Name);
        if (await bucket.GetAsync(path, cancellationToken) is not { } content)
        {
            found.Corrupt += corrupt.ReportMissing(path, lakeObject.Count);
            return [];
        }

        var lines = new List<LakeLine>();
        var number = 0;
        foreach (var text in LakeLine.Split(content))
        {
            number++;
            if (LakeLine.TryParse(text) is { } line)
                lines.Add(line);
            else
                found.Corrupt += corrupt.Report(path, number);
        }

        return lines;
    }
}
