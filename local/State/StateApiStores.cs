using CloudNative.Local.Faults;
using CloudNative.Local.Resiliency;
using CloudNative.Local.Sidecars;

namespace CloudNative.Local.State;

/// <summary>The state stores of one app by name.</summary>
internal sealed class StateApiStores(
    SidecarOptions options, IReadOnlyDictionary<string, Loaded<IStateComponent>> components, IFaultSwitches faults)
{
    private readonly Dictionary<string, StateApiStore> _stores = components.ToDictionary(
        pair => pair.Key,
        pair => new StateApiStore(pair.Key, StateApiKeys.Prefix(pair.Value.Resource, options), new StateApiCalls(
            pair.Key, pair.Value.Instance, faults, options.Resiliency.ForComponent(pair.Key, ComponentKind.Statestore, CallDirection.Outbound))),
        StringComparer.Ordinal);

    /// <param name="protocol">HTTP answers tell the app id, gRPC answers do not.</param>
    /// <exception cref="ApiException">There is no such store, or none at all.</exception>
    public StateApiStore Require(string name, StateApiProtocol protocol) =>
        _stores.TryGetValue(name, out var store)
            ? store
            : throw StateApiErrors.NoStore(name, isAnyConfigured: _stores.Count > 0, protocol == StateApiProtocol.Http ? options.AppId : null);

    /// <summary>The query API, which no store here supports.</summary>
    public ApiException QueryRefusal(string name) => _stores.ContainsKey(name)
        ? StateApiErrors.CannotQuery(name)
        : StateApiErrors.NoStore(name, isAnyConfigured: _stores.Count > 0, appId: null);
}

/// <summary>Some errors read differently over the two protocols.</summary>
internal enum StateApiProtocol
{
    Http,
    Grpc,
}
