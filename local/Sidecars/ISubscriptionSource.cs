namespace CloudNative.Local.Sidecars;

/// <summary>An <see cref="IApi"/> whose subscriptions appear under /v1.0/metadata.</summary>
public interface ISubscriptionSource
{
    IReadOnlyList<SubscriptionInfo> Subscriptions { get; }
}

public enum SubscriptionKind
{
    Declarative,
    Programmatic,
    Streaming,
}

/// <summary>One subscription as metadata shows it; rules in the order they are tried.</summary>
public sealed record SubscriptionInfo(
    string PubSubName,
    string Topic,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<SubscriptionRuleInfo> Rules,
    string DeadLetterTopic,
    SubscriptionKind Kind);

/// <param name="Match">Empty for the default.</param>
public sealed record SubscriptionRuleInfo(string Match, string Path);
