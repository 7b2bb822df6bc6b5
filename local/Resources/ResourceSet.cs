using YamlDotNet.RepresentationModel;

namespace CloudNative.Local.Resources;

/// <summary>
/// What the resource folders hold, in the order it was read. <paramref name="Faults"/> are the places that daprd passes over with at
/// most a warning (a document that is no YAML): a sidecar on its own goes on without them, the host refuses to start.
/// </summary>
public sealed record ResourceSet(
    IReadOnlyList<ComponentManifest> Components,
    IReadOnlyList<ResourceDocument> Documents,
    IReadOnlyList<ResourceFault> Faults)
{
    /// <summary>What this app may see: resources without scopes, or with its id among them. Secret stores come first.</summary>
    public ResourceSet For(string appId) => new(
        [.. Components.Where(component => IsInScope(component.Scopes, appId)).OrderBy(component => component.IsSecretStore ? 0 : 1)],
        [.. Documents.Where(document => IsInScope(document.Scopes, appId))],
        Faults);

    public IEnumerable<ResourceDocument> OfKind(string kind) => Documents.Where(document => document.Kind == kind);

    private static bool IsInScope(IReadOnlyList<string> scopes, string appId) => scopes.Count == 0 || scopes.Contains(appId, StringComparer.Ordinal);
}

/// <summary>A resource other than a Component (Subscription, Resiliency, Configuration, HTTPEndpoint), left to whoever knows its kind.</summary>
/// <param name="Line">Of the document's first line in the file, from 1. Positions of nodes in <paramref name="Root"/> count from there.</param>
public sealed record ResourceDocument(
    string ApiVersion,
    string Kind,
    string Name,
    IReadOnlyList<string> Scopes,
    YamlMappingNode Root,
    string SourceFile,
    int Line);

/// <summary>A place in a resource file that could not be read. The line counts from 1.</summary>
public sealed record ResourceFault(string SourceFile, int Line, string Problem)
{
    public override string ToString() => $"{SourceFile}({Line}): {Problem}";
}

/// <summary>Resources that no sidecar can start with; the message names the files.</summary>
public sealed class ResourceException(string message, Exception? innerException = null) : Exception(message, innerException);
