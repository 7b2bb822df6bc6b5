namespace CloudNative.Local.Resources;

/// <summary>A Component as its file has it, before secrets, environment and templates are put in by <see cref="ComponentResolver"/>.</summary>
/// <param name="Type">Empty where the file has none: such a component cannot start.</param>
/// <param name="Version">Empty where the file has none, which stands for v1.</param>
/// <param name="SecretStore">The component whose secrets <c>secretKeyRef</c> means; null where <c>auth</c> names none.</param>
public sealed record ComponentManifest(
    string Name,
    string Type,
    string Version,
    IReadOnlyList<MetadataEntry> Metadata,
    string? SecretStore,
    IReadOnlyList<string> Scopes,
    bool IgnoreErrors,
    string SourceFile)
{
    public bool IsSecretStore => Type.StartsWith("secretstores.", StringComparison.Ordinal);
}

/// <summary>One name of a component's metadata and where its value comes from.</summary>
/// <param name="Value">Null where the file gives none.</param>
/// <param name="EnvironmentVariable">The <c>envRef</c>: read only where there is no value.</param>
public sealed record MetadataEntry(string Name, string? Value, SecretReference? Secret, string? EnvironmentVariable);

/// <param name="Key">The entry within the secret; the secret's own name unless given.</param>
public sealed record SecretReference(string Name, string Key);
