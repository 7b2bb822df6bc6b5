using CloudNative.Local.PubSub.Publishing;
using CloudNative.Local.Sidecars;

namespace CloudNative.Local.PubSub.Subscribing;

/// <summary>What an app wants delivered, and where to. <paramref name="DeadLetterTopic"/> is empty for none; <paramref name="Bulk"/> null: event by event.</summary>
internal sealed record TopicSubscription(
    string PubSubName,
    string Topic,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<RoutingRule> Rules,
    string DeadLetterTopic,
    BulkWindow? Bulk,
    SubscriptionKind Kind)
{
    /// <summary>The app wants the broker's bytes in an envelope of the runtime's.</summary>
    public bool IsRaw { get; } = Metadata.Any(pair =>
        pair.Key.Equals("rawPayload", StringComparison.OrdinalIgnoreCase) && GoBoolean.Parse(pair.Value) == true);

    public SubscriptionInfo Info() => new(
        PubSubName, Topic, Metadata, [.. Rules.Select(rule => new SubscriptionRuleInfo(rule.Match, rule.Path))], DeadLetterTopic, Kind);

    /// <summary>
    /// Per component and topic: the app's own beats a declared one, the first declared beats later ones, and the app's last beats its earlier ones.
    /// </summary>
    public static IReadOnlyList<TopicSubscription> Merge(IEnumerable<TopicSubscription> declared, IEnumerable<TopicSubscription> own)
    {
        var merged = new Dictionary<(string, string), TopicSubscription>();
        foreach (var subscription in declared)
            merged.TryAdd((subscription.PubSubName, subscription.Topic), subscription);
        foreach (var subscription in own)
            merged[(subscription.PubSubName, subscription.Topic)] = subscription;
        return [.. merged.Values];
    }
}
