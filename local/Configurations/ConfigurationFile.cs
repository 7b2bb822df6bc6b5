using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars.Http;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CloudNative.Local.Configurations;

/// <summary>Reads a Configuration resource, which has a file of its own; unlike component files, environment variables are put in.</summary>
internal static class ConfigurationFile
{
    /// <summary>They change answers under daprd; the rest (metrics, logging, features) changes none.</summary>
    private static readonly string[] PartsNotServed = ["accessControl", "httpPipeline", "appHttpPipeline", "nameResolution", "mtls"];

    /// <param name="path">Null: the default configuration.</param>
    /// <param name="environment">The sidecar's, not the app's.</param>
    /// <exception cref="ConfigurationException">The file is not there, is no YAML, or says what makes no sense.</exception>
    public static SidecarConfiguration Read(string? path, Func<string, string?> environment)
    {
        if (path is null)
            return SidecarConfiguration.Default;
        try
        {
            return Parse(EnvironmentExpansion.Expand(File.ReadAllText(path), environment));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or YamlException or FormatException)
        {
            throw new ConfigurationException($"error loading configuration: {path}: {problem.Message}", problem);
        }
    }

    /// <exception cref="YamlException">It is no YAML.</exception>
    /// <exception cref="FormatException">It says what makes no sense.</exception>
    public static SidecarConfiguration Parse(string yaml)
    {
        var root = Resources.YamlDocument.Split(yaml).FirstOrDefault()?.Parse();
        var spec = root.Member("spec");
        if (spec is not (null or YamlMappingNode or YamlScalarNode { Value: "" or null }))
            throw new FormatException("spec is no mapping");
        return new SidecarConfiguration(
            Tracing.Of(spec.Member("tracing").Member("samplingRate").Text()),
            SecretScopes(spec.Member("secrets").Member("scopes")),
            spec.Member("components").Member("deny").Texts(),
            new ApiAccess(ApiRules(spec.Member("api").Member("allowed")), ApiRules(spec.Member("api").Member("denied"))),
            [.. PartsNotServed.Where(part => spec.Member(part) is not null)]);
    }

    private static List<SecretScope> SecretScopes(YamlNode? node)
    {
        var scopes = node.Items().Select(SecretScope).ToList();
        return scopes.GroupBy(scope => scope.StoreName).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new FormatException($"secrets.scopes names the store {twice.Key} twice")
            : scopes;
    }

    private static SecretScope SecretScope(YamlNode node)
    {
        var access = node.Member("defaultAccess").Text() ?? "";
        var isDeny = access.Equals("deny", StringComparison.OrdinalIgnoreCase);
        if (access.Length > 0 && !isDeny && !access.Equals("allow", StringComparison.OrdinalIgnoreCase))
            throw new FormatException($"defaultAccess '{access}' is neither allow nor deny");
        return new SecretScope(node.Member("storeName").Text() ?? "", isDeny, node.Member("allowedSecrets").Texts(), node.Member("deniedSecrets").Texts());
    }

    private static List<ApiRule> ApiRules(YamlNode? node) =>
        [.. node.Items().Select(rule => new ApiRule(rule.Member("name").Text() ?? "", rule.Member("version").Text() ?? "", rule.Member("protocol").Text() ?? ""))];
}
