namespace CloudNative.Local.Resiliency;

/// <summary>The policies that one target names; null where it names none of that sort.</summary>
public sealed record PolicyNames(string? Timeout, string? Retry, string? CircuitBreaker)
{
    public static readonly PolicyNames None = new(null, null, null);
}

public sealed record ComponentPolicyNames(PolicyNames Inbound, PolicyNames Outbound);

/// <summary>Of which instances one breaker is, where an actor type has breakers.</summary>
public enum ActorBreakerScope
{
    Type,
    Id,
    Both,
}

public sealed record ActorPolicyNames(PolicyNames Names, ActorBreakerScope BreakerScope);

/// <summary>What the Resiliency resources of one app say together: policies by name, and targets that name them. Of the same name, the last counts.</summary>
public sealed class ResiliencyDefinition
{
    public Dictionary<string, TimeSpan> Timeouts { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, RetryPolicy> Retries { get; } = new(StringComparer.Ordinal)
    {
        [BuiltInPolicies.ServiceRetries] = BuiltInPolicies.ServiceRetry,
    };

    public Dictionary<string, BreakerPolicy> CircuitBreakers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, PolicyNames> Apps { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ActorPolicyNames> Actors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ComponentPolicyNames> Components { get; } = new(StringComparer.Ordinal);

    /// <summary>What a named target says, the defaults being all gone then; else the most specific default of each sort.</summary>
    public PolicyNames ForComponent(string name, ComponentKind kind, CallDirection direction) => Components.TryGetValue(name, out var target)
        ? direction == CallDirection.Inbound ? target.Inbound : target.Outbound
        : Defaults([$"{kind}Component{direction}", $"Component{direction}", "Component", ""]);

    public PolicyNames ForApp(string appId) => Apps.GetValueOrDefault(appId) ?? Defaults(["App", ""]);

    public ActorPolicyNames ForActor(string type) =>
        Actors.GetValueOrDefault(type) ?? new ActorPolicyNames(Defaults(["Actor", ""]), ActorBreakerScope.Type);

    private PolicyNames Defaults(IReadOnlyList<string> levels) => new(
        First(levels, "Timeout", Timeouts.ContainsKey), First(levels, "Retry", Retries.ContainsKey), First(levels, "CircuitBreaker", CircuitBreakers.ContainsKey));

    private static string? First(IReadOnlyList<string> levels, string sort, Predicate<string> exists) =>
        levels.Select(level => $"Default{level}{sort}Policy").FirstOrDefault(name => exists(name));
}

/// <summary>Spelt as the names of default policies have them.</summary>
public enum ComponentKind
{
    Pubsub,
    Statestore,
    Binding,
    Secretstore,
}

/// <summary>Inbound: to the app. Outbound: to the component.</summary>
public enum CallDirection
{
    Inbound,
    Outbound,
}
