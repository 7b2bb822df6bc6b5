namespace CloudNative.Local.Sidecars;

/// <summary>Somebody asked the sidecar to end. Forced: at once and with exit code 1.</summary>
public sealed record ShutdownRequest(bool IsForced);
