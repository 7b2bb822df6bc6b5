namespace CloudNative.Local.Commands;

/// <summary>Runs one sidecar alone.</summary>
internal static class SidecarCommand
{
    public static Task<int> RunAsync(string[] args, CancellationToken cancellationToken) =>
        Task.FromException<int>(new NotSupportedException("a sidecar alone is not served yet"));
}
