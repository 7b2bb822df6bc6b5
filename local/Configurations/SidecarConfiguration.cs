using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.Configurations;

/// <summary>What a Configuration resource changes about a sidecar.</summary>
/// <param name="DeniedTypes">Component types that do not load: <c>type</c> or <c>type/version</c>.</param>
/// <param name="NotServed">Parts of its spec that are in the file and not served here.</param>
public sealed record SidecarConfiguration(
    Tracing Tracing, IReadOnlyList<SecretScope> SecretScopes, IReadOnlyList<string> DeniedTypes, ApiAccess Apis, IReadOnlyList<string> NotServed)
{
    public static readonly SidecarConfiguration Default = new(Tracing.Unconfigured, [], [], ApiAccess.Full, []);

    public bool AllowsSecret(string store, string secret) =>
        SecretScopes.FirstOrDefault(scope => scope.StoreName == store)?.Allows(secret) ?? true;

    public bool Denies(string type, string version) => DeniedTypes.Any(denied =>
    {
        var parts = denied.Split('/', 2);
        return parts[0].Equals(type, StringComparison.OrdinalIgnoreCase)
            && (parts.Length == 1 || Version(parts[1]).Equals(Version(version), StringComparison.OrdinalIgnoreCase));
    });

    private static string Version(string version) => version.Length == 0 ? "v1" : version;
}

/// <summary>A Configuration that no sidecar can start with; the message says what is wrong with which file.</summary>
public sealed class ConfigurationException(string message, Exception? innerException = null) : Exception(message, innerException);
