using System.Text.Json;

namespace CloudNative.Conformance;

/// <summary>One sidecar and where it listens.</summary>
/// <param name="Peer">The name of its app in the steps.</param>
/// <param name="Given">What is set up for it.</param>
internal sealed record Side(string AppId, int HttpPort, int GrpcPort, int? AppPort, string Peer, JsonElement Given)
{
    public SidecarProcess? Process { get; set; }
}
