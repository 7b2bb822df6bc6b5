using System.Globalization;
using CloudNative.Local.PubSub.CloudEvents;
using CloudNative.Local.Resources;
using YamlDotNet.RepresentationModel;

namespace CloudNative.Local.Resiliency;

/// <summary>Reads Resiliency resources. One that cannot be read as a whole is left out with a warning, as daprd goes on without it.</summary>
internal static class ResiliencyReader
{
    public static (ResiliencyDefinition Definition, IReadOnlyList<ResourceFault> Faults) Read(IEnumerable<ResourceDocument> documents)
    {
        var definition = new ResiliencyDefinition();
        var faults = new List<ResourceFault>();
        foreach (var document in documents.Where(document => document is { Kind: "Resiliency", ApiVersion: "dapr.io/v1alpha1" }))
        {
            try
            {
                ReadInto(definition, document.Root.Member("spec"));
            }
            catch (FormatException problem)
            {
                faults.Add(new ResourceFault(document.SourceFile, document.Line, $"Resiliency {document.Name} is not used: {problem.Message}"));
            }
        }
        return (definition, faults);
    }

    private static void ReadInto(ResiliencyDefinition definition, YamlNode? spec)
    {
        var policies = spec.Member("policies");
        var timeouts = Members(policies.Member("timeouts")).Select(pair => (pair.Name, Duration(pair.Node, TimeSpan.Zero))).ToList();
        var retries = Members(policies.Member("retries")).Select(pair => (pair.Name, Retry(pair.Name, pair.Node))).ToList();
        var breakers = Members(policies.Member("circuitBreakers")).Select(pair => (pair.Name, Breaker(pair.Node))).ToList();
        var targets = spec.Member("targets");
        var actors = Members(targets.Member("actors")).Select(pair => (pair.Name, Actor(pair.Node))).ToList();
        Put(definition.Timeouts, timeouts);
        Put(definition.Retries, retries);
        Put(definition.CircuitBreakers, breakers);
        Put(definition.Actors, actors);
        Put(definition.Apps, Members(targets.Member("apps")).Select(pair => (pair.Name, Names(pair.Node))));
        Put(definition.Components, Members(targets.Member("components")).Select(pair =>
            (pair.Name, new ComponentPolicyNames(Names(pair.Node.Member("inbound")), Names(pair.Node.Member("outbound"))))));
    }

    private static RetryPolicy Retry(string name, YamlNode node)
    {
        var otherwise = RetryPolicy.Default;
        var matching = node.Member("matching");
        var most = Integer(node.Member("maxRetries"), otherwise.MaxRetries);
        return new RetryPolicy(
            node.Member("policy").Text()?.ToUpperInvariant() switch
            {
                null or "" or "CONSTANT" => Backoff.Constant,
                "EXPONENTIAL" => Backoff.Exponential,
                var other => throw new FormatException($"'{other}' is no retry policy: write constant or exponential"),
            },
            Duration(node.Member("duration"), otherwise.Duration),
            Duration(node.Member("maxInterval"), otherwise.MaxInterval),
            BuiltInPolicies.IsBuiltIn(name) ? Math.Max(most, BuiltInPolicies.FewestRetries) : most,
            StatusCodeRanges.Parse(matching.Member("httpStatusCodes").Text(), 100, 599),
            StatusCodeRanges.Parse(matching.Member("gRPCStatusCodes").Text(), 0, 16));
    }

    private static BreakerPolicy Breaker(YamlNode node)
    {
        var otherwise = BreakerPolicy.Default;
        var requests = Integer(node.Member("maxRequests"), otherwise.MaxRequests);
        var timeout = Duration(node.Member("timeout"), otherwise.Timeout);
        return new BreakerPolicy(
            requests > 0 ? requests : otherwise.MaxRequests,
            Duration(node.Member("interval"), otherwise.Interval),
            timeout > TimeSpan.Zero ? timeout : otherwise.Timeout,
            node.Member("trip").Text() is { Length: > 0 } trip ? TripExpression.Parse(trip) : otherwise.Trip);
    }

    private static PolicyNames Names(YamlNode? node) =>
        new(Name(node.Member("timeout")), Name(node.Member("retry")), Name(node.Member("circuitBreaker")));

    private static ActorPolicyNames Actor(YamlNode node)
    {
        var names = Names(node);
        return new ActorPolicyNames(names, node.Member("circuitBreakerScope").Text() switch
        {
            "type" => ActorBreakerScope.Type,
            "id" => ActorBreakerScope.Id,
            "both" => ActorBreakerScope.Both,
            _ when names.CircuitBreaker is null => ActorBreakerScope.Type,
            _ => throw new FormatException("an actor's circuit breaker needs circuitBreakerScope: type, id or both"),
        });
    }

    private static string? Name(YamlNode? node) => node.Text() is { Length: > 0 } name ? name : null;

    /// <summary>A plain number counts milliseconds.</summary>
    private static TimeSpan Duration(YamlNode? node, TimeSpan otherwise)
    {
        if (node.Text() is not { Length: > 0 } text)
            return otherwise;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
            return TimeSpan.FromMilliseconds(milliseconds);
        return GoDuration.TryParse(text, out var duration)
            ? duration
            : throw new FormatException($"'{text}' is no duration: write a number with its unit, for example 5s");
    }

    private static int Integer(YamlNode? node, int otherwise)
    {
        if (node.Text() is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{text}' is no number");
    }

    private static IEnumerable<(string Name, YamlNode Node)> Members(YamlNode? node) => node is YamlMappingNode mapping
        ? mapping.Children.Select(pair => (pair.Key.Text() ?? "", pair.Value))
        : [];

    private static void Put<T>(Dictionary<string, T> into, IEnumerable<(string Name, T Value)> pairs)
    {
        foreach (var (name, value) in pairs)
            into[name] = value;
    }
}
