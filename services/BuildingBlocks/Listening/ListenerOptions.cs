namespace CloudNative.BuildingBlocks.Listening;

/// <summary>How a service listens to the event stream. Settings <c>Listener__...</c>.</summary>
public sealed class ListenerOptions
{
    public const string Section = "Listener";

    /// <summary>
    /// How many events may be at work at once: the sidecar hands over one at a time per subscription, so a listener subscribes
    /// this many times (<c>events/lane-1</c>...). 1 subscribes to plain <c>events</c>, which brokers other than ours need. Default 16;
    /// at most 64, beyond which the sidecar keeps no connection open for each.
    /// </summary>
    public int Lanes { get; set; } = 16;

    /// <summary>The delivery at which an unknown error becomes a fault, from 1. Default 10. A dependency that is away never does.</summary>
    public int MaxAttempts { get; set; } = 10;

    /// <summary>Where the service starts when the stream does not know it yet: from now on, or from the oldest event kept.</summary>
    public StartPosition InitialPosition { get; set; } = StartPosition.Latest;

    /// <summary>
    /// Topics of the same component that the service reads beside <c>events</c>, over as many lanes each: a stage of its own work, not
    /// events for everyone. An event is routed by its type, whichever topic brings it. None unless given.
    /// </summary>
    public IReadOnlyList<string> FurtherTopics { get; set; } = [];

    /// <summary>Whether this app turns what cannot be read as an event into a fault. Only one app does (the lake); the others count it.</summary>
    public bool FaultsUnreadable { get; set; }
}

public enum StartPosition
{
    Latest,
    TrimHorizon,
}
