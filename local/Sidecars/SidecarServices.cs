using CloudNative.Local.Faults;
using CloudNative.Local.Sidecars.App;

namespace CloudNative.Local.Sidecars;

/// <summary>What every sidecar of one run shares.</summary>
/// <param name="Peers">Finds another app of the run by its id, for service invocation.</param>
public sealed record SidecarServices(IFaultSwitches Faults, TimeProvider Time, ILoggerFactory Loggers, Func<string, Peer?> Peers);

/// <summary>Another app of the same run. <paramref name="AppPort"/> null: its sidecar has no app.</summary>
public sealed record Peer(string AppId, int? AppPort, string? AppApiToken)
{
    /// <summary>Where the sidecar of another process takes invocations of it; null: it is called itself.</summary>
    public int? InternalPort { get; init; }

    /// <summary>What calls of it pass; null: nothing, or its own sidecar sees to it.</summary>
    public AppGate? Gate { get; init; }

    public int? Port => InternalPort ?? AppPort;
}
