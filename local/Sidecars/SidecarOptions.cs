using CloudNative.Local.Resiliency;

namespace CloudNative.Local.Sidecars;

/// <summary>One app's sidecar, as the command line and environment of daprd describe it.</summary>
/// <param name="HttpPort">0: any free port, known once started.</param>
/// <param name="GrpcPort">0: any free port, known once started.</param>
/// <param name="AppPort">Null where there is no app to talk to.</param>
public sealed record SidecarOptions(string AppId, int HttpPort, int GrpcPort, int? AppPort = null)
{
    /// <summary>4 MiB, the default of daprd's <c>--max-body-size</c>.</summary>
    public const int DefaultMaxBodySizeBytes = 4 * 1024 * 1024;

    /// <summary>As <c>--app-protocol</c>; apps are only ever spoken to over http here.</summary>
    public string AppProtocol { get; init; } = "http";

    /// <summary>Of a request body over HTTP, and of a message over gRPC in either direction.</summary>
    public int MaxBodySizeBytes { get; init; } = DefaultMaxBodySizeBytes;

    /// <summary>DAPR_API_TOKEN: what callers must send. Null or empty: nothing is asked.</summary>
    public string? ApiToken { get; init; }

    /// <summary>APP_API_TOKEN: what the app finds on every request made to it. Null or empty: none is sent.</summary>
    public string? AppApiToken { get; init; }

    /// <summary>NAMESPACE, for key prefixes of strategy <c>namespace</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>Names of HTTPEndpoint resources, as metadata lists them.</summary>
    public IReadOnlyList<string> HttpEndpoints { get; init; } = [];

    /// <summary>Names of Resiliency resources, as metadata lists them.</summary>
    public IReadOnlyList<string> Resiliencies { get; init; } = [];

    /// <summary>What those resources say.</summary>
    public ResiliencyPolicies Resiliency { get; init; } = ResiliencyPolicies.None;
}
