using CloudNative.BuildingBlocks.State;

namespace CloudNative.DataLake;

/// <summary>A page of a listing. <paramref name="Next"/> is null exactly when nothing follows; <paramref name="Corrupt"/> counts what could not be read.</summary>
internal sealed record EventPage(IReadOnlyList<ReadOnlyMemory<byte>> Documents, LakeCursor? Next, int Corrupt);

/// <summary>
/// Lists events by timestamp, then arrival, hour by hour, from the buffer's pages and the bucket's objects. Pages are read first: an
/// event that a flush moves meanwhile is then seen twice rather than not at all, and shown once.
/// </summary>
internal sealed class LakeReader(IStateStore store, HourIndex hours, HourReader hourReader, PagePool pool, CorruptLines corrupt)
{
    private const int KeysPerCall = 128;

    public async ValueTask<EventPage> ReadAsync(EventQuery query, CancellationToken cancellationToken)
    {
        var found = new FoundEvents(query);
        if (query.From >= query.To)
            return found.ToPage();
        var buffered = await BufferedAsync(query, found, cancellationToken);
        var listed = await hours.HoursAsync(query.First, query.To, cancellationToken);
        foreach (var hour in listed.Union(buffered.Keys).Order())
        {
            await hourReader.ReadAsync(hour, buffered.GetValueOrDefault(hour, []), query, found, cancellationToken);
            if (found.IsComplete)
                break;
        }

        return found.ToPage();
    }

    private async ValueTask<Dictionary<LakeHour, List<PlacedEvent>>> BufferedAsync(EventQuery query, FoundEvents found, CancellationToken cancellationToken)
    {
        var pages = new List<BufferPage>();
        foreach (var keys in pool.Keys.Chunk(KeysPerCall))
            pages.AddRange((await store.GetManyAsync(keys, cancellationToken)).Values.Select(entry => BufferPage.Read(entry.Value)).OfType<BufferPage>());
        var events = new Dictionary<LakeHour, List<PlacedEvent>>();
        foreach (var (page, number, arrived) in pages.SelectMany(page => page.Lines().Select((line, number) => (page, number, line))))
        {
            var position = new LakeCursor(arrived.Timestamp, arrived.Arrival);
            if (arrived.Event is not { } line)
                found.Corrupt += corrupt.Report($"page {page.Id}", number + 1);
            else if (query.Matches(line, position))
                (events.TryGetValue(arrived.Hour, out var ofHour) ? ofHour : events[arrived.Hour] = []).Add(new PlacedEvent(line, position));
        }

        return events;
    }
}
