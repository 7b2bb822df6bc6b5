namespace CloudNative.Local.Console.Traces;

/// <summary>What is known of one trace: its spans as a tree, parents before their children and siblings by their start.</summary>
internal sealed record Trace(string Id, DateTimeOffset Start, double DurationMs, bool HasFailed, IReadOnlyList<string> Services, IReadOnlyList<TraceSpan> Spans)
{
    /// <summary>Whether it is a single call that no request or event brought about, as an app makes them at intervals.</summary>
    public bool IsBackgroundCall => Spans is [{ Kind: SpanKind.Client }];

    /// <summary>Null where no span is a beginning. A span whose parent was not reported is one.</summary>
    public static Trace? Of(string id, IEnumerable<ReportedSpan> reported)
    {
        var spans = reported.OrderBy(span => span.Start).ToList();
        var known = spans.Select(span => span.SpanId).ToHashSet();
        var children = spans.ToLookup(span => span.ParentId is { } parent && known.Contains(parent) ? parent : "");
        var start = spans[0].Start;
        var tree = children[""].SelectMany(root => Below(root, 0, children, start)).ToList();
        return tree.Count == 0
            ? null
            : new Trace(id, start, tree.Max(span => span.OffsetMs + span.DurationMs), tree.Exists(span => span.HasFailed), [.. tree.Select(span => span.Service).Distinct()], tree);
    }

    private static IEnumerable<TraceSpan> Below(ReportedSpan span, int depth, ILookup<string, ReportedSpan> children, DateTimeOffset start) =>
        children[span.SpanId].SelectMany(child => Below(child, depth + 1, children, start)).Prepend(new TraceSpan(
            depth, span.Service, span.Name, span.Kind, (span.Start - start).TotalMilliseconds, span.Duration.TotalMilliseconds, span.HasFailed));
}

/// <param name="OffsetMs">Since the trace began.</param>
internal sealed record TraceSpan(int Depth, string Service, string Name, SpanKind Kind, double OffsetMs, double DurationMs, bool HasFailed);
