namespace CloudNative.DataLake;

/// <summary>An event with its position in the order of listings.</summary>
internal sealed record PlacedEvent(LakeLine Line, LakeCursor Position);

/// <summary>What a listing has found so far, in its order.</summary>
internal sealed class FoundEvents(EventQuery query)
{
    private readonly List<PlacedEvent> events = [];

    public int Corrupt { get; set; }

    /// <summary>One more than the limit is known: the page is full and something follows.</summary>
    public bool IsComplete => events.Count > query.Limit;

    /// <summary>How many more events complete the page.</summary>
    public int Missing => query.Limit + 1 - events.Count;

    /// <summary>Takes on the events of an hour, or as many as complete the page.</summary>
    public void Add(IEnumerable<PlacedEvent> ordered) => events.AddRange(ordered.Take(Missing));

    public EventPage ToPage()
    {
        var shown = events.Take(query.Limit).ToList();
        return new EventPage([.. shown.Select(found => found.Line.Document)], IsComplete ? shown[^1].Position : null, Corrupt);
    }
}
