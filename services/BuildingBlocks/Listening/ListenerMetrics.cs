using System.Diagnostics.Metrics;

namespace CloudNative.BuildingBlocks.Listening;

internal sealed class ListenerMetrics(IMeterFactory meters)
{
    private readonly Counter<long> deliveries =
        meters.Create("CloudNative.Listener").CreateCounter<long>("listener.deliveries", "{delivery}", "Deliveries by outcome");

    public void Count(HandlingOutcome outcome) => deliveries.Add(1, new KeyValuePair<string, object?>("outcome", Name(outcome)));

    private static string Name(HandlingOutcome outcome) => outcome switch
    {
        HandlingOutcome.Done => "done",
        HandlingOutcome.Unreadable => "unreadable",
        HandlingOutcome.NeverSucceeds => "never_succeeds",
        HandlingOutcome.DependencyAway => "dependency_away",
        _ => "unknown_error",
    };
}
