using CloudNative.Local.Secrets;

namespace CloudNative.Local.Resources;

/// <summary>
/// The second phase, for one app: puts secrets, environment and templates into a component's metadata.
/// <paramref name="environment"/> is the sidecar's (the app's <c>env</c> of the run file is not part of it);
/// <paramref name="secretStore"/> finds a secret store that has started, null where there is none of that name.
/// </summary>
public sealed class ComponentResolver(string appId, Func<string, string?> environment, Func<string, ISecretStore?> secretStore)
{
    /// <exception cref="ComponentInitException">A template that a sidecar on its own machine cannot fill in.</exception>
    public ResolvedComponent Resolve(ComponentManifest manifest)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var warnings = new List<string>();
        foreach (var entry in manifest.Metadata)
        {
            if (NeedsMissingStore(manifest, entry))
                return new ResolvedComponent(null, [.. warnings, $"waits for secret store {manifest.SecretStore}, which is not loaded: the component stays absent"]);
            metadata[entry.Name] = FillTemplates(entry.Name, Value(manifest, entry, warnings) ?? "");
        }
        return new ResolvedComponent(
            new Component(manifest.Name, manifest.Type, manifest.Version, metadata, manifest.Scopes, manifest.IgnoreErrors, manifest.SourceFile),
            warnings);
    }

    private bool NeedsMissingStore(ComponentManifest manifest, MetadataEntry entry) =>
        entry.Secret is not null && !ComesFromEnvironment(entry) && manifest.SecretStore is { } store && secretStore(store) is null;

    private static bool ComesFromEnvironment(MetadataEntry entry) => string.IsNullOrEmpty(entry.Value) && !string.IsNullOrEmpty(entry.EnvironmentVariable);

    private string? Value(ComponentManifest manifest, MetadataEntry entry, List<string> warnings)
    {
        if (ComesFromEnvironment(entry))
            return FromEnvironment(entry, warnings);
        return entry.Secret is null ? entry.Value : FromSecret(manifest, entry.Name, entry.Secret, warnings) ?? entry.Value;
    }

    private string? FromEnvironment(MetadataEntry entry, List<string> warnings)
    {
        var variable = entry.EnvironmentVariable!;
        if (!variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase) && !variable.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase))
            return environment(variable);
        warnings.Add($"metadata {entry.Name} may not read the environment variable {variable}: it stays empty");
        return null;
    }

    private string? FromSecret(ComponentManifest manifest, string name, SecretReference secret, List<string> warnings)
    {
        if (manifest.SecretStore is null)
        {
            warnings.Add($"metadata {name} has a secretKeyRef but auth.secretStore names no store: the reference is ignored");
            return null;
        }
        try
        {
            if (secretStore(manifest.SecretStore)!.Get(secret.Name).TryGetValue(secret.Key, out var value))
                return value;
        }
        catch (ComponentException)
        {
            // daprd goes on with the raw value and a log line; so does this, the line being the warning below.
        }
        warnings.Add($"metadata {name}: secret store {manifest.SecretStore} has no {secret.Name} with key {secret.Key}: the value stays as the file has it");
        return null;
    }

    private string FillTemplates(string name, string value)
    {
        if (!value.Contains('{', StringComparison.Ordinal))
            return value;
        if (value.Contains("{podName}", StringComparison.Ordinal))
            throw new ComponentInitException($"failed to parse metadata: property {name} refers to {{podName}} but podName is not set");
        for (var at = value.IndexOf("{uuid}", StringComparison.Ordinal); at >= 0; at = value.IndexOf("{uuid}", StringComparison.Ordinal))
            value = $"{value[..at]}{Guid.NewGuid()}{value[(at + "{uuid}".Length)..]}";
        return value
            .Replace("{namespace}", $"{environment("NAMESPACE") ?? "default"}.{appId}", StringComparison.Ordinal)
            .Replace("{appID}", appId, StringComparison.Ordinal);
    }
}

/// <summary>Null: parked, as daprd does with a component whose secret store is not there; it is absent and nothing fails.</summary>
public sealed record ResolvedComponent(Component? Component, IReadOnlyList<string> Warnings);
