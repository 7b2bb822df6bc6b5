using System.Collections.Frozen;
using System.Globalization;
using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars;
using YamlDotNet.RepresentationModel;

namespace CloudNative.Local.PubSub.Subscribing;

/// <summary>Interprets Subscription resources: <c>dapr.io/v1alpha1</c> with <c>route</c>, <c>dapr.io/v2alpha1</c> with <c>routes</c>.</summary>
internal static class DeclarativeSubscriptions
{
    private const string FirstVersion = "dapr.io/v1alpha1";
    private const string SecondVersion = "dapr.io/v2alpha1";

    /// <summary>In the order loaded; those whose scopes leave the app out are expected to be gone already.</summary>
    /// <exception cref="ResourceException">A rule is not understood; the message names file and rule.</exception>
    public static IReadOnlyList<TopicSubscription> From(IEnumerable<ResourceDocument> documents) =>
        [.. documents.Where(IsSubscription).Select(Subscription).Where(one => one.Rules.Count > 0)];

    private static bool IsSubscription(ResourceDocument document) =>
        document is { Kind: "Subscription", ApiVersion: FirstVersion or SecondVersion };

    private static TopicSubscription Subscription(ResourceDocument document)
    {
        var spec = document.Root.Member("spec");
        return new TopicSubscription(
            spec.Member("pubsubname").Text() ?? "",
            spec.Member("topic").Text() ?? "",
            Metadata(spec.Member("metadata")),
            Rules(document, spec),
            spec.Member("deadLetterTopic").Text() ?? "",
            Bulk(spec.Member("bulkSubscribe")),
            SubscriptionKind.Declarative);
    }

    private static List<RoutingRule> Rules(ResourceDocument document, YamlNode? spec)
    {
        try
        {
            List<RoutingRule> rules = [];
            var isFirst = document.ApiVersion == FirstVersion;
            var routes = isFirst ? null : spec.Member("routes");
            foreach (var rule in routes.Member("rules").Items())
                rules.Add(RoutingRule.Parse(rule.Member("match").Text() ?? "", rule.Member("path").Text() ?? ""));
            if ((isFirst ? spec.Member("route") : routes.Member("default")).Text() is { Length: > 0 } last)
                rules.Add(RoutingRule.Parse("", last));
            return rules;
        }
        catch (RoutingRuleException unknown)
        {
            throw new ResourceException($"{document.SourceFile}: Subscription {document.Name}: {unknown.Message}", unknown);
        }
    }

    private static BulkWindow? Bulk(YamlNode? node) => node.Member("enabled").Flag()
        ? BulkWindow.Of(Integer(node.Member("maxMessagesCount")), Integer(node.Member("maxAwaitDurationMs")))
        : null;

    private static int? Integer(YamlNode? node) =>
        int.TryParse(node.Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IReadOnlyDictionary<string, string> Metadata(YamlNode? node) => node is YamlMappingNode mapping
        ? mapping.Children.ToDictionary(pair => pair.Key.Text() ?? "", pair => pair.Value.Text() ?? "")
        : FrozenDictionary<string, string>.Empty;
}
