namespace CloudNative.Local.Secrets;

/// <summary>One secret store component; reads once at init, as daprd does.</summary>
public interface ISecretStore : IAsyncDisposable
{
    /// <exception cref="Resources.ComponentException">Not found, with the component's text.</exception>
    IReadOnlyDictionary<string, string> Get(string name);

    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll();
}
