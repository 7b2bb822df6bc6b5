using CloudNative.Local.Bindings;
using CloudNative.Local.PubSub;
using CloudNative.Local.PubSub.Components;
using CloudNative.Local.Secrets;
using CloudNative.Local.State;

namespace CloudNative.Local.Resources;

/// <summary>Makes a component from its resource.</summary>
/// <exception cref="ComponentInitException">It cannot be made; the message names the metadata key and what to do.</exception>
internal delegate ValueTask<T> ComponentFactory<T>(Component component, ComponentContext context, CancellationToken cancellationToken);

/// <summary>The component types that the runtime has built in, all of version v1.</summary>
internal static class ComponentTypes
{
    public static readonly IReadOnlyDictionary<string, ComponentFactory<IStateComponent>> State = new Dictionary<string, ComponentFactory<IStateComponent>>
    {
        ["state.sqlite"] = SqliteStateStore.CreateAsync,
        ["state.in-memory"] = (_, context, _) => new(new InMemoryStateStore(context.Time)),
    };

    public static readonly IReadOnlyDictionary<string, ComponentFactory<IOutputBinding>> Bindings = new Dictionary<string, ComponentFactory<IOutputBinding>>
    {
        ["bindings.localstorage"] = (component, context, _) => new(LocalStorageBinding.Create(component, context)),
        ["bindings.http"] = HttpBinding.CreateAsync,
    };

    public static readonly IReadOnlyDictionary<string, ComponentFactory<ISecretStore>> Secrets = new Dictionary<string, ComponentFactory<ISecretStore>>
    {
        ["secretstores.local.file"] = LocalFileSecretStore.CreateAsync,
        ["secretstores.local.env"] = (component, _, _) => new(LocalEnvSecretStore.Create(component)),
    };

    public static readonly IReadOnlyDictionary<string, ComponentFactory<IPubSubComponent>> PubSub = new Dictionary<string, ComponentFactory<IPubSubComponent>>
    {
        ["pubsub.sqlite"] = SqlitePubSub.CreateAsync,
        ["pubsub.in-memory"] = (component, context, _) => InMemoryPubSub.Create(component, context),
    };

    /// <param name="kind">As daprd's message says it, e.g. <c>state store</c>.</param>
    /// <exception cref="ComponentInitException">The type or version is not built in.</exception>
    public static ComponentFactory<T> Find<T>(this IReadOnlyDictionary<string, ComponentFactory<T>> types, Component component, string kind) =>
        component.Version is "" or "v1" && types.TryGetValue(component.Type, out var factory)
            ? factory
            : throw new ComponentInitException(
                $"couldn't find {kind} {component.Type}/{component.Version}; served here: {string.Join(", ", types.Keys)}, all v1");
}
