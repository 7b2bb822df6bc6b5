namespace CloudNative.Local.Commands;

/// <summary>How the host is to run. Paths are as the user wrote them, relative to the current folder.</summary>
/// <param name="Resources">Replaces every resources folder of the run file where it is not empty.</param>
/// <param name="Data">Null: <c>.local</c> beside the run file.</param>
/// <param name="Only">The ids to run; all where it is empty.</param>
/// <param name="Attach">Ids that get a sidecar only.</param>
/// <param name="ConsolePort">0: a free one.</param>
/// <param name="HasTelemetry">Whether apps report their traces to the console.</param>
internal sealed record RunOptions(
    string RunFile,
    IReadOnlyList<string> Resources,
    string? Data,
    IReadOnlyList<string> Only,
    IReadOnlyList<string> Attach,
    bool HasFreePorts,
    int ConsolePort,
    bool HasTelemetry)
{
    public const int DefaultConsolePort = 8080;
}
