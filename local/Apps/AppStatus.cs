using System.Text.Json.Serialization;

namespace CloudNative.Local.Apps;

/// <summary>How one app stands, as the console shows it.</summary>
/// <param name="IsReady">Its port accepts and its sidecar is fully ready.</param>
/// <param name="Pid">Of the process that listens; null while none does.</param>
/// <param name="Restarts">How often it was started again after a crash.</param>
/// <param name="LastExitCode">Of its last run that ended; null where none has.</param>
/// <param name="Address">Null where the app has no port.</param>
public sealed record AppStatus(
    string Id,
    AppState State,
    bool IsReady,
    bool IsSidecarReady,
    int? Pid,
    int Restarts,
    int? LastExitCode,
    string? Address,
    string Http,
    string Grpc);

[JsonConverter(typeof(JsonStringEnumConverter<AppState>))]
public enum AppState
{
    /// <summary>Started, but not listening yet.</summary>
    Starting,

    /// <summary>Listening.</summary>
    Running,

    /// <summary>Crashed; started again after its backoff.</summary>
    Waiting,

    /// <summary>Ended by itself with exit code 0, and not started again.</summary>
    Ended,

    /// <summary>Left to the user to start.</summary>
    Attached,

    Stopped,
}
