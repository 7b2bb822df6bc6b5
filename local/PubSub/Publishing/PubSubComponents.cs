using CloudNative.Local.Resources;

namespace CloudNative.Local.PubSub.Publishing;

/// <summary>A loaded pub/sub component as one app may use it.</summary>
internal sealed record ScopedPubSub(string Name, IPubSubComponent Broker, TopicScopes Scopes);

/// <summary>The pub/sub components of one app's sidecar by name.</summary>
internal sealed class PubSubComponents
{
    private readonly Dictionary<string, ScopedPubSub> byName;

    public PubSubComponents(string appId, IEnumerable<(Component Resource, IPubSubComponent Broker)> loaded) =>
        byName = loaded.ToDictionary(
            one => one.Resource.Name,
            one => new ScopedPubSub(one.Resource.Name, one.Broker, TopicScopes.Of(one.Resource.Metadata, appId)),
            StringComparer.Ordinal);

    public bool Any => byName.Count > 0;

    public ScopedPubSub? Find(string name) => byName.GetValueOrDefault(name);
}
