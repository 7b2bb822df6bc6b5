using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace CloudNative.SearchBff.Indexing;

/// <summary>How long it takes from an event to its entry in the index, and how often longer than it may.</summary>
internal sealed class IndexingMetrics
{
    private readonly Histogram<double> latency;
    private readonly Counter<long> late;
    private readonly TimeProvider time;
    private readonly TimeSpan budget;

    public IndexingMetrics(IMeterFactory meters, TimeProvider time, IOptions<IndexingOptions> options)
    {
        var meter = meters.Create("CloudNative.Search");
        latency = meter.CreateHistogram<double>("search.event_to_index", "ms", "From an event's timestamp to its entry in the index");
        late = meter.CreateCounter<long>("search.over_budget", "{event}", "Events that took longer than the budget");
        this.time = time;
        budget = options.Value.LatencyBudget;
    }

    public void Indexed(DateTimeOffset eventTime)
    {
        var taken = time.GetUtcNow() - eventTime;
        latency.Record(taken.TotalMilliseconds);
        if (taken > budget)
            late.Add(1);
    }
}
