using CloudNative.Local.Bindings;
using CloudNative.Local.Resources;
using CloudNative.Local.Secrets;
using CloudNative.Local.Sidecars;
using CloudNative.Local.State;

namespace CloudNative.Local.Tests.Sidecars;

/// <summary>Components that a sidecar is given.</summary>
internal static class Given
{
    public static SidecarComponents State(string name = "things", params (string Name, string Value)[] metadata) => new()
    {
        State = One(name, "state.in-memory", (IStateComponent)new InMemoryStateStore(TimeProvider.System), metadata),
    };

    public static SidecarComponents Binding(IOutputBinding binding) => new() { Bindings = One("details", "bindings.test", binding) };

    public static SidecarComponents Secrets(ISecretStore store) => new() { Secrets = One("secrets", "secretstores.test", store) };

    private static Dictionary<string, Loaded<T>> One<T>(string name, string type, T instance, params (string Name, string Value)[] metadata)
        where T : class
    {
        var resource = new Component(
            name, type, "v1", metadata.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase), [], false, "test.yaml");
        return new Dictionary<string, Loaded<T>> { [name] = new(resource, instance) };
    }
}
