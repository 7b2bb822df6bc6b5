using CloudNative.Local.Configurations;
using CloudNative.Local.Resiliency;
using CloudNative.Local.RunFiles;
using CloudNative.Local.Sidecars.App;

namespace CloudNative.Local.Sidecars;

/// <summary>One app's sidecar, as the command line and environment of daprd describe it.</summary>
/// <param name="HttpPort">0: any free port, known once started.</param>
/// <param name="GrpcPort">0: any free port, known once started.</param>
/// <param name="AppPort">Null where there is no app to talk to.</param>
public sealed record SidecarOptions(string AppId, int HttpPort, int GrpcPort, int? AppPort = null)
{
    /// <summary>4 MiB, the default of daprd's <c>--max-body-size</c>.</summary>
    public const int DefaultMaxBodySizeBytes = 4 * 1024 * 1024;

    /// <summary>5 s, the default of daprd's <c>--dapr-graceful-shutdown-seconds</c>.</summary>
    public static readonly TimeSpan DefaultGracefulShutdown = TimeSpan.FromSeconds(5);

    /// <summary>As <c>--app-protocol</c>; apps are only ever spoken to over http here.</summary>
    public string AppProtocol { get; init; } = "http";

    /// <summary>Of a request body over HTTP, and of a message over gRPC in either direction.</summary>
    public int MaxBodySizeBytes { get; init; } = DefaultMaxBodySizeBytes;

    /// <summary>Calls that the app gets at a time; zero or less: no limit.</summary>
    public int AppMaxConcurrency { get; init; }

    /// <summary>Which questions the app is not asked at the start: <c>config</c>, <c>subscribe</c>.</summary>
    public IReadOnlyList<string> DisabledInitEndpoints { get; init; } = [];

    /// <summary>Null: the app counts as healthy.</summary>
    public AppHealthCheck? AppHealthCheck { get; init; }

    /// <summary>What every call to the app passes; made from the two above by <see cref="WithAppGate"/>.</summary>
    public AppGate AppGate { get; init; } = new(startsHealthy: true, maxConcurrency: 0);

    /// <summary>Where other sidecars of this machine hand in their invocations of the app. Null: nowhere; 0: any free port, known once started.</summary>
    public int? InternalPort { get; init; }

    /// <summary>How long deliveries and calls in hand may take when the sidecar stops.</summary>
    public TimeSpan GracefulShutdown { get; init; } = DefaultGracefulShutdown;

    /// <summary>DAPR_API_TOKEN: what callers must send. Null or empty: nothing is asked.</summary>
    public string? ApiToken { get; init; }

    /// <summary>APP_API_TOKEN: what the app finds on every request made to it. Null or empty: none is sent.</summary>
    public string? AppApiToken { get; init; }

    /// <summary>NAMESPACE, for key prefixes of strategy <c>namespace</c>.</summary>
    public string? Namespace { get; init; }

    public SidecarConfiguration Configuration { get; init; } = SidecarConfiguration.Default;

    /// <summary>Names of HTTPEndpoint resources, as metadata lists them.</summary>
    public IReadOnlyList<string> HttpEndpoints { get; init; } = [];

    /// <summary>Names of Resiliency resources, as metadata lists them.</summary>
    public IReadOnlyList<string> Resiliencies { get; init; } = [];

    /// <summary>What those resources say.</summary>
    public ResiliencyPolicies Resiliency { get; init; } = ResiliencyPolicies.None;

    public SidecarOptions WithAppGate() =>
        this with { AppGate = new AppGate(startsHealthy: AppHealthCheck is null || AppPort is null, AppMaxConcurrency) };
}
