namespace CloudNative.BuildingBlocks.Listening;

/// <summary>What came of one delivery.</summary>
internal enum HandlingOutcome
{
    Done,
    Unreadable,
    NeverSucceeds,
    DependencyAway,
    UnknownError,
}

/// <summary>What to tell the sidecar, and whether a fault goes out first.</summary>
internal enum DeliveryAction
{
    Acknowledge,
    Retry,
    FaultThenAcknowledge,
}

internal static class DeliveryDecision
{
    /// <summary>A failure is acknowledged only after it became a fault, or where another app makes it one.</summary>
    public static DeliveryAction Decide(HandlingOutcome outcome, int attempt, ListenerOptions options) => outcome switch
    {
        HandlingOutcome.Done => DeliveryAction.Acknowledge,
        HandlingOutcome.Unreadable when options.FaultsUnreadable => DeliveryAction.FaultThenAcknowledge,
        HandlingOutcome.Unreadable => DeliveryAction.Acknowledge,
        HandlingOutcome.NeverSucceeds => DeliveryAction.FaultThenAcknowledge,
        HandlingOutcome.UnknownError when attempt >= options.MaxAttempts => DeliveryAction.FaultThenAcknowledge,
        _ => DeliveryAction.Retry,
    };
}
