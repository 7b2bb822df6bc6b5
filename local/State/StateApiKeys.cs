using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars;

namespace CloudNative.Local.State;

/// <summary>How daprd makes a component's key out of an app's: a prefix, two bars, the key.</summary>
internal static class StateApiKeys
{
    public const string Separator = "||";

    /// <summary>The whole prefix with its separator, empty for strategy <c>none</c>. Words and literal prefixes are taken in lower case.</summary>
    /// <exception cref="ComponentInitException">The prefix itself holds the separator.</exception>
    public static string Prefix(Component resource, SidecarOptions options)
    {
        var strategy = resource.Metadata.FirstOrDefault(pair => pair.Key.Equals("keyPrefix", StringComparison.OrdinalIgnoreCase)).Value;
        var prefix = strategy?.ToLowerInvariant() switch
        {
            null or "" or "appid" => options.AppId,
            "name" => resource.Name,
            "namespace" => string.IsNullOrEmpty(options.Namespace) ? options.AppId : $"{options.Namespace}.{options.AppId}",
            "none" => null,
            var literal => literal,
        };
        if (prefix?.Contains(Separator, StringComparison.Ordinal) == true)
            throw new ComponentInitException($"Component {resource.Name}: input key/keyPrefix '{prefix}' can't contain '{Separator}': choose another keyPrefix.");
        return prefix is null ? "" : prefix + Separator;
    }
}
