namespace CloudNative.DataLake;

/// <summary>What a listing has found so far, in its order.</summary>
internal sealed class FoundEvents(EventQuery query)
{
    private readonly List<LakeLine> lines = [];
    private int toSkip = query.Cursor?.Skip ?? 0;

    public int Corrupt { get; set; }

    /// <summary>One more than the limit is known: the page is full and something follows.</summary>
    public bool IsComplete => lines.Count > query.Limit;

    /// <summary>How many lines of an hour it takes to complete the page.</summary>
    public int Missing => query.Limit + 1 + toSkip - lines.Count;

    public void Add(IEnumerable<LakeLine> ordered)
    {
        foreach (var line in ordered)
        {
            if (IsComplete)
                return;
            if (query.Cursor is { } cursor && line.Timestamp == cursor.Timestamp && toSkip > 0)
                toSkip--;
            else
                lines.Add(line);
        }
    }

    public EventPage ToPage()
    {
        var shown = lines.Take(query.Limit).ToList();
        return new EventPage([.. shown.Select(line => line.Document)], IsComplete ? Next(shown) : null, Corrupt);
    }

    private LakeCursor Next(List<LakeLine> shown)
    {
        var last = shown[^1].Timestamp;
        var skip = shown.Count(line => line.Timestamp == last);
        return new LakeCursor(last, query.Cursor is { } cursor && cursor.Timestamp == last ? skip + cursor.Skip : skip);
    }
}
