#pragma warning disable CA1308 // Names of gRPC metadata are in lower case by its rules.
using Grpc.Core;

namespace CloudNative.Local.Bindings;

/// <summary>A gRPC call's own metadata and a binding's, in both directions.</summary>
internal static class BindingsApiCallMetadata
{
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal) { "content-type", "user-agent", "te" };

    /// <summary>What the caller sent along counts where the request has no such key; its names are in lower case.</summary>
    public static void AddMissing(Dictionary<string, string> metadata, ServerCallContext call)
    {
        foreach (var entry in call.RequestHeaders)
        {
            if (!entry.IsBinary && !Reserved.Contains(entry.Key) && !entry.Key.StartsWith("grpc-", StringComparison.Ordinal))
                metadata.TryAdd(entry.Key, entry.Value);
        }
    }

    /// <summary>As initial metadata, which is there on failure too.</summary>
    public static Task SendAsync(ServerCallContext call, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
            return Task.CompletedTask;
        var headers = new Metadata();
        foreach (var (name, value) in metadata)
            headers.Add("metadata." + name.ToLowerInvariant(), value.ReplaceLineEndings(" "));
        return call.WriteResponseHeadersAsync(headers);
    }
}
