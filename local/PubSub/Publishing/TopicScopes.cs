namespace CloudNative.Local.PubSub.Publishing;

/// <summary>
/// Which topics one app may publish to and subscribe to, from a component's metadata <c>allowedTopics</c>, <c>protectedTopics</c>,
/// <c>publishingScopes</c> and <c>subscriptionScopes</c>. Names match literally: a lane is a topic of its own here.
/// </summary>
internal sealed class TopicScopes
{
    private readonly HashSet<string> allowed;
    private readonly HashSet<string> guarded;
    private readonly HashSet<string> publishing;
    private readonly HashSet<string> subscribing;

    private TopicScopes(HashSet<string> allowed, HashSet<string> guarded, HashSet<string> publishing, HashSet<string> subscribing)
    {
        this.allowed = allowed;
        this.guarded = guarded;
        this.publishing = publishing;
        this.subscribing = subscribing;
    }

    public static TopicScopes Of(IReadOnlyDictionary<string, string> metadata, string appId) => new(
        List(Value(metadata, "allowedTopics")),
        List(Value(metadata, "protectedTopics")),
        ForApp(Value(metadata, "publishingScopes"), appId),
        ForApp(Value(metadata, "subscriptionScopes"), appId));

    public bool MayPublish(string topic) => IsOpen(topic, publishing);

    public bool MaySubscribe(string topic) => IsOpen(topic, subscribing);

    private bool IsOpen(string topic, HashSet<string> scope) =>
        (allowed.Count == 0 || allowed.Contains(topic))
        && ((scope.Count == 0 && !guarded.Contains(topic)) || scope.Contains(topic));

    private static string Value(IReadOnlyDictionary<string, string> metadata, string name) =>
        metadata.TryGetValue(name, out var value) ? value.Replace(" ", "", StringComparison.Ordinal) : "";

    private static HashSet<string> List(string text) =>
        text.Length == 0 ? [] : text.Split(',').ToHashSet(StringComparer.Ordinal);

    /// <summary><c>app1=t1,t2;app2=t3</c>; an app named with nothing has the empty topic alone, so none.</summary>
    private static HashSet<string> ForApp(string text, string appId) => text.Split(';')
        .Select(scope => scope.Split('='))
        .Where(scope => scope.Length >= 2 && scope[0] == appId)
        .SelectMany(scope => scope[1].Split(','))
        .ToHashSet(StringComparer.Ordinal);
}
