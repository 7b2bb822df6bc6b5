using System.Collections;
using CloudNative.Local.Resources;

namespace CloudNative.Local.Secrets;

/// <summary>secretstores.local.env: the runtime's own environment. A variable that is not set is an empty secret, as in daprd.</summary>
internal sealed class LocalEnvSecretStore(string prefix) : ISecretStore
{
    public static LocalEnvSecretStore Create(Component component) => new(new ComponentSettings(component).Optional("prefix") ?? "");

    public IReadOnlyDictionary<string, string> Get(string name)
    {
        var variable = prefix + name;
        var value = IsHidden(variable) ? null : Environment.GetEnvironmentVariable(variable);
        return new Dictionary<string, string> { [name] = value ?? "" };
    }

    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll()
    {
        var all = new SortedDictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || IsHidden(name))
                continue;
            var secret = name[prefix.Length..];
            all[secret] = new Dictionary<string, string> { [secret] = (string?)variable.Value ?? "" };
        }
        return all;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The runtime's own variables are nobody's secrets.</summary>
    private static bool IsHidden(string variable) =>
        variable.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase) || variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase);
}
