using System.Collections.Concurrent;
using CloudNative.Local.Resources;
using Microsoft.Extensions.Logging.Abstractions;

namespace CloudNative.Local.Resiliency;

/// <summary>The policies of one sidecar's calls, by target, and the circuit breakers that those calls share.</summary>
public sealed partial class ResiliencyPolicies
{
    private readonly ConcurrentDictionary<string, CircuitBreaker> breakers = new(StringComparer.Ordinal);
    private readonly ResiliencyDefinition definition;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    private ResiliencyPolicies(ResiliencyDefinition definition, TimeProvider time, ILogger logger)
    {
        this.definition = definition;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Without any resource; what is built in holds.</summary>
    public static ResiliencyPolicies None { get; } = From([], TimeProvider.System, NullLoggerFactory.Instance);

    /// <param name="documents">The resources that the app may see; those of kind Resiliency are read, and what cannot be is left out with a warning.</param>
    public static ResiliencyPolicies From(IEnumerable<ResourceDocument> documents, TimeProvider time, ILoggerFactory loggers)
    {
        var (definition, faults) = ResiliencyReader.Read(documents);
        var policies = new ResiliencyPolicies(definition, time, loggers.CreateLogger<ResiliencyPolicies>());
        foreach (var fault in faults)
            policies.LogNotUsed(fault);
        return policies;
    }

    /// <summary>One breaker guards a component in both directions, and all its topics.</summary>
    public CallPolicy ForComponent(string name, ComponentKind kind, CallDirection direction) =>
        Policy(definition.ForComponent(name, kind, direction), $"component {name}");

    /// <summary>Of invocations.</summary>
    /// <param name="endpoint">The address called; each has its own breaker.</param>
    public CallPolicy ForApp(string appId, string endpoint) => Policy(definition.ForApp(appId), $"app {appId} {endpoint}");

    /// <summary>False: invocations of another app are repeated as <see cref="ForBuiltInInvocation"/> says.</summary>
    public bool HasTarget(string appId) => definition.Apps.ContainsKey(appId);

    /// <summary>Whether a call of the app may have to be sent again, its body included.</summary>
    public bool MayRepeatInvocations(string appId) => definition.ForApp(appId).Retry is not null;

    public CallPolicy ForBuiltInInvocation() => new(null, definition.Retries[BuiltInPolicies.ServiceRetries], null, time);

    /// <summary>Before an actor's turn: retry and breaker. The timeout holds inside the turn.</summary>
    public CallPolicy ForActor(string type, string id)
    {
        var target = definition.ForActor(type);
        return Policy(target.Names, target.BreakerScope == ActorBreakerScope.Type ? $"actor {type}" : $"actor {type}-{id}");
    }

    private CallPolicy Policy(PolicyNames names, string target)
    {
        var timeout = Find(definition.Timeouts, names.Timeout, target, TimeSpan.Zero);
        var retry = Find(definition.Retries, names.Retry, target, null);
        var breaker = Find(definition.CircuitBreakers, names.CircuitBreaker, target, null);
        return new CallPolicy(timeout, retry, breaker is null ? null : breakers.GetOrAdd(target, _ => new CircuitBreaker(breaker, time)), time);
    }

    /// <summary>A target that names what does not exist does without.</summary>
    private T? Find<T>(Dictionary<string, T> policies, string? name, string target, T? otherwise)
    {
        if (name is null)
            return otherwise;
        if (policies.TryGetValue(name, out var policy))
            return policy;
        LogUnknown(target, name);
        return otherwise;
    }

    [LoggerMessage(LogLevel.Warning, "{Fault}")]
    private partial void LogNotUsed(ResourceFault fault);

    [LoggerMessage(LogLevel.Warning, "Resiliency of {Target} names the policy {Policy}, which does not exist: it goes without")]
    private partial void LogUnknown(string target, string policy);
}
