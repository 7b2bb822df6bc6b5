using System.Collections.Frozen;
using System.Text.Json;
using CloudNative.Local.Sidecars;

namespace CloudNative.Local.PubSub.Subscribing;

/// <summary>The answer to GET /dapr/subscribe is not a list of subscriptions; the whole of it counts for nothing.</summary>
internal sealed class SubscriptionListException(string message) : Exception(message);

/// <summary>Reads what an app answers to GET /dapr/subscribe. Member names match in any case, unknown ones are passed over.</summary>
internal static class ProgrammaticSubscriptions
{
    /// <summary>An item without a topic or without any route is left out alone; a rule that is not understood spoils the list.</summary>
    /// <exception cref="SubscriptionListException">The body is no list of subscriptions.</exception>
    /// <exception cref="RoutingRuleException">A rule is not understood.</exception>
    public static IReadOnlyList<TopicSubscription> Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            return [];
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Null)
                return [];
            return root.ValueKind == JsonValueKind.Array
                ? [.. root.EnumerateArray().Select(Subscription).Where(one => one.Rules.Count > 0 && one.Topic.Length > 0)]
                : throw new SubscriptionListException("it is not a JSON array");
        }
        catch (JsonException)
        {
            throw new SubscriptionListException("it is not JSON");
        }
    }

    private static TopicSubscription Subscription(JsonElement item)
    {
        Require(item, JsonValueKind.Object, "an item");
        return new TopicSubscription(
            Text(item, "pubsubname"),
            Text(item, "topic"),
            Metadata(item),
            Rules(item),
            Text(item, "deadLetterTopic"),
            Bulk(item),
            SubscriptionKind.Programmatic);
    }

    private static List<RoutingRule> Rules(JsonElement item)
    {
        List<RoutingRule> rules = [];
        var last = "";
        if (Member(item, "routes", JsonValueKind.Object) is { } routes)
        {
            if (Member(routes, "rules", JsonValueKind.Array) is { } list)
                rules.AddRange(list.EnumerateArray().Select(Rule));
            last = Text(routes, "default");
        }

        last = last.Length > 0 ? last : Text(item, "route");
        if (last.Length > 0)
            rules.Add(RoutingRule.Parse("", last));
        return rules;
    }

    private static RoutingRule Rule(JsonElement rule)
    {
        Require(rule, JsonValueKind.Object, "a rule");
        return RoutingRule.Parse(Text(rule, "match"), Text(rule, "path"));
    }

    private static IReadOnlyDictionary<string, string> Metadata(JsonElement item)
    {
        if (Member(item, "metadata", JsonValueKind.Object) is not { } members)
            return FrozenDictionary<string, string>.Empty;
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in members.EnumerateObject())
        {
            Require(member.Value, JsonValueKind.String, "metadata");
            metadata[member.Name] = member.Value.GetString()!;
        }

        return metadata;
    }

    private static BulkWindow? Bulk(JsonElement item)
    {
        if (Member(item, "bulkSubscribe", JsonValueKind.Object) is not { } bulk)
            return null;
        var window = BulkWindow.Of(Integer(bulk, "maxMessagesCount"), Integer(bulk, "maxAwaitDurationMs"));
        return Flag(bulk, "enabled") ? window : null;
    }

    private static int? Integer(JsonElement item, string name)
    {
        if (Member(item, name, JsonValueKind.Number) is not { } number)
            return null;
        return number.TryGetInt32(out var value) ? value : throw new SubscriptionListException($"{name} is no 32 bit integer");
    }

    private static bool Flag(JsonElement item, string name)
    {
        foreach (var member in item.EnumerateObject())
        {
            if (Is(member, name) && member.Value.ValueKind != JsonValueKind.Null)
                return member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? member.Value.GetBoolean()
                    : throw new SubscriptionListException($"{name} is no boolean");
        }

        return false;
    }

    private static string Text(JsonElement item, string name) => Member(item, name, JsonValueKind.String)?.GetString() ?? "";

    /// <summary>Null where absent or null.</summary>
    private static JsonElement? Member(JsonElement item, string name, JsonValueKind kind)
    {
        foreach (var member in item.EnumerateObject())
        {
            if (!Is(member, name) || member.Value.ValueKind == JsonValueKind.Null)
                continue;
            Require(member.Value, kind, name);
            return member.Value;
        }

        return null;
    }

    private static bool Is(JsonProperty member, string name) => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static void Require(JsonElement value, JsonValueKind kind, string name)
    {
        if (value.ValueKind != kind)
            throw new SubscriptionListException($"{name} is not of JSON kind {kind}");
    }
}
