using CloudNative.Local.Bindings;
using CloudNative.Local.PubSub;
using CloudNative.Local.Resources;
using CloudNative.Local.Secrets;
using CloudNative.Local.State;

namespace CloudNative.Local.Sidecars;

/// <summary>A component together with the resource it was made from.</summary>
public sealed record Loaded<T>(Component Resource, T Instance)
    where T : class;

/// <summary>What one app may use, by component name. Whoever made the components also disposes them, after the sidecar.</summary>
public sealed record SidecarComponents
{
    public IReadOnlyDictionary<string, Loaded<IStateComponent>> State { get; init; } = NoComponents<IStateComponent>.Value;

    public IReadOnlyDictionary<string, Loaded<IOutputBinding>> Bindings { get; init; } = NoComponents<IOutputBinding>.Value;

    public IReadOnlyDictionary<string, Loaded<ISecretStore>> Secrets { get; init; } = NoComponents<ISecretStore>.Value;

    public IReadOnlyDictionary<string, Loaded<IPubSubComponent>> PubSub { get; init; } = NoComponents<IPubSubComponent>.Value;

    private static class NoComponents<T>
        where T : class
    {
        public static readonly IReadOnlyDictionary<string, Loaded<T>> Value = new Dictionary<string, Loaded<T>>();
    }
}
