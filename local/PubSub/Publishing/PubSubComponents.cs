using CloudNative.Local.Resiliency;

namespace CloudNative.Local.PubSub.Publishing;

/// <summary>A loaded pub/sub component as one app may use it.</summary>
/// <param name="Inbound">Holds for deliveries to the app.</param>
/// <param name="Outbound">Holds for publishing, to a dead letter topic too.</param>
internal sealed record ScopedPubSub(string Name, IPubSubComponent Broker, TopicScopes Scopes, CallPolicy Inbound, CallPolicy Outbound);

/// <summary>The pub/sub components of one app's sidecar by name.</summary>
internal sealed class PubSubComponents(IEnumerable<ScopedPubSub> components)
{
    private readonly Dictionary<string, ScopedPubSub> byName = components.ToDictionary(component => component.Name, StringComparer.Ordinal);

    public bool Any => byName.Count > 0;

    public ScopedPubSub? Find(string name) => byName.GetValueOrDefault(name);
}
