using CloudNative.Local.Bindings;
using CloudNative.Local.Secrets;
using CloudNative.Local.Sidecars.Invoking;
using CloudNative.Local.State;

namespace CloudNative.Local.Sidecars;

/// <summary>The APIs that every sidecar has.</summary>
internal static class StandardApis
{
    public static IReadOnlyList<IApi> Create(
        SidecarOptions options, SidecarComponents components, IReadOnlyList<IApi> furtherApis, SidecarServices services, AppInvoker apps,
        Readiness readiness, TaskCompletionSource<ShutdownRequest> shutdown) =>
    [
        new HealthApi(options.AppId, readiness),
        new ShutdownApi(shutdown),
        new MetadataApi(options, components, [.. furtherApis.OfType<ISubscriptionSource>()]),
        new StateApi(options, components.State, services.Faults),
        new BindingsApi(new BindingsApiInvoker(components.Bindings, services.Faults, options.Resiliency)),
        new SecretsApi(components.Secrets, options.Configuration, options.Resiliency, services.Faults),
        new InvokeServiceApi(options, apps),
        .. furtherApis,
    ];
}
