using System.Text.Json;
using System.Text.Json.Serialization;

namespace CloudNative.Local.PubSub.Subscribing;

/// <summary>One way to a path of the app. <paramref name="Condition"/> null: always. The path is kept as declared; the request gets a leading slash.</summary>
internal sealed record RoutingRule(string Match, string Path, RuleExpression? Condition)
{
    public string RequestPath { get; } = Path.StartsWith('/') ? Path : "/" + Path;

    /// <exception cref="RoutingRuleException">The match is not understood.</exception>
    public static RoutingRule Parse(string match, string path) =>
        new(match, path, string.IsNullOrWhiteSpace(match) ? null : RuleParser.Parse(match));

    /// <summary>The first rule that matches, null for none.</summary>
    /// <exception cref="RuleEvaluationException">A rule that comes before a match cannot be evaluated; no later one is tried.</exception>
    public static RoutingRule? Select(IReadOnlyList<RoutingRule> rules, ReadOnlyMemory<byte> @event)
    {
        if (rules is [{ Condition: null } only, ..])
            return only;
        using var document = JsonDocument.Parse(@event, new JsonDocumentOptions { MaxDepth = 10_000 });
        foreach (var rule in rules)
        {
            if (rule.Condition?.IsTrue(document.RootElement) ?? true)
                return rule;
        }

        return null;
    }
}

[JsonSerializable(typeof(string))]
internal sealed partial class RuleJson : JsonSerializerContext;
