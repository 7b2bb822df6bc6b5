using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CloudNative.Local.Resources;

/// <summary>Sorts the documents of resource files by kind. Kinds and API versions that Dapr does not have are passed over.</summary>
internal sealed class ResourceReader
{
    private static readonly HashSet<string> OtherKinds = ["Subscription", "Resiliency", "Configuration", "HTTPEndpoint"];

    public List<ComponentManifest> Components { get; } = [];

    public List<ResourceDocument> Documents { get; } = [];

    public List<ResourceFault> Faults { get; } = [];

    public void Read(string file, string text)
    {
        var isFirst = true;
        foreach (var document in YamlDocument.Split(text))
        {
            try
            {
                Add(document, document.Parse(), file, isFirst);
            }
            catch (YamlException exception)
            {
                Faults.Add(new ResourceFault(file, document.LineInFile(exception.Start), $"this is no YAML: {exception.Message}"));
            }
            isFirst = false;
        }
    }

    private void Add(YamlDocument document, YamlNode root, string file, bool isFirst)
    {
        var apiVersion = root.Member("apiVersion").Text() ?? "";
        var kind = root.Member("kind").Text() ?? "";
        var name = root.Member("metadata").Member("name").Text() ?? "";
        if (kind == "Component" && apiVersion == "dapr.io/v1alpha1" && name.Length > 0)
            Components.Add(ReadComponent(name, root, file));
        else if (kind == "Resiliency" && !isFirst)
            Faults.Add(new ResourceFault(file, document.Line, "daprd reads a Resiliency only as the first document of its file: give it a file of its own"));
        else if (root is YamlMappingNode mapping && OtherKinds.Contains(kind) && apiVersion is "dapr.io/v1alpha1" or "dapr.io/v2alpha1")
            Documents.Add(new ResourceDocument(apiVersion, kind, name, root.Member("scopes").Texts(), mapping, file, document.Line));
    }

    private static ComponentManifest ReadComponent(string name, YamlNode root, string file)
    {
        var spec = root.Member("spec");
        return new ComponentManifest(
            name,
            spec.Member("type").Text() ?? "",
            spec.Member("version").Text() ?? "",
            [.. spec.Member("metadata").Items().Select(ReadMetadata)],
            root.Member("auth").Member("secretStore").Text(),
            root.Member("scopes").Texts(),
            spec.Member("ignoreErrors").Flag(),
            file);
    }

    private static MetadataEntry ReadMetadata(YamlNode entry)
    {
        var secret = entry.Member("secretKeyRef");
        var secretName = secret.Member("name").Text();
        return new MetadataEntry(
            entry.Member("name").Text() ?? "",
            entry.Member("value").Text(),
            secretName is null ? null : new SecretReference(secretName, secret.Member("key").Text() ?? secretName),
            entry.Member("envRef").Text());
    }
}
