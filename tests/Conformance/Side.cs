using System.Text.Json;

namespace CloudNative.Conformance;

/// <summary>One sidecar and where it listens.</summary>
/// <param name="Peer">The name of its app in the steps.</param>
/// <param name="Given">What is set up for it.</param>
internal sealed record Side(string AppId, int HttpPort, int GrpcPort, int? AppPort, string Peer, JsonElement Given)
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(20);

    public SidecarProcess? Process { get; set; }

    /// <summary>When it was last started.</summary>
    public long StartedAt { get; set; }

    /// <summary>Whether it accepted a connection since it was started.</summary>
    public bool HasListened { get; set; }

    /// <summary>Whether it may still be about to listen.</summary>
    public bool IsStarting => !HasListened && Process is { HasEnded: false } && TimeProvider.System.GetElapsedTime(StartedAt) < StartsWithin;
}
