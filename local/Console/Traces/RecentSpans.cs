namespace CloudNative.Local.Console.Traces;

/// <summary>The last spans that were reported, in memory only. Safe for several threads.</summary>
internal sealed class RecentSpans
{
    /// <summary>Some dozens of traces: enough to see what just happened.</summary>
    public const int Capacity = 1_000;

    private readonly Lock gate = new();
    private readonly Queue<ReportedSpan> spans = new(Capacity);

    public void Add(IEnumerable<ReportedSpan> reported)
    {
        lock (gate)
        {
            foreach (var span in reported)
            {
                if (spans.Count == Capacity)
                    spans.Dequeue();
                spans.Enqueue(span);
            }
        }
    }

    /// <summary>The traces they make up, the newest first.</summary>
    public IReadOnlyList<Trace> Traces()
    {
        lock (gate)
            return [.. spans.GroupBy(span => span.TraceId).Select(group => Trace.Of(group.Key, group)).OfType<Trace>().OrderByDescending(trace => trace.Start)];
    }
}
