using CloudNative.Local.Faults;
using CloudNative.Local.Sidecars;

namespace CloudNative.Local.State;

/// <summary>The state API of one sidecar, over both protocols.</summary>
internal sealed class StateApi : IApi
{
    private readonly StateApiHttp _http;
    private readonly StateApiGrpc _grpc;

    /// <exception cref="Resources.ComponentInitException">A component's keyPrefix cannot be used.</exception>
    public StateApi(SidecarOptions options, IReadOnlyDictionary<string, Loaded<IStateComponent>> components, IFaultSwitches faults)
    {
        var stores = new StateApiStores(options, components, faults);
        _http = new StateApiHttp(stores);
        _grpc = new StateApiGrpc(stores);
    }

    public void MapHttp(IHttpRoutes routes) => _http.Map(routes);

    public void MapGrpc(IGrpcMethods methods) => _grpc.Map(methods);
}
