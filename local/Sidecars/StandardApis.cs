namespace CloudNative.Local.Sidecars;

/// <summary>The APIs that every sidecar has.</summary>
internal static class StandardApis
{
    public static IReadOnlyList<IApi> Create(
        SidecarOptions options, SidecarComponents components, IReadOnlyList<IApi> furtherApis, SidecarServices services,
        Readiness readiness, TaskCompletionSource<ShutdownRequest> shutdown) =>
    [
        new HealthApi(options.AppId, readiness),
        new ShutdownApi(shutdown),
        .. furtherApis,
    ];
}
