using CloudNative.Local.Faults;

namespace CloudNative.Local.Sidecars;

/// <summary>What every sidecar of one run shares.</summary>
/// <param name="Peers">Finds another app of the run by its id, for service invocation.</param>
public sealed record SidecarServices(IFaultSwitches Faults, TimeProvider Time, ILoggerFactory Loggers, Func<string, Peer?> Peers);

/// <summary>Another app of the same run. <paramref name="AppPort"/> null: its sidecar has no app.</summary>
public sealed record Peer(string AppId, int? AppPort, string? AppApiToken);
