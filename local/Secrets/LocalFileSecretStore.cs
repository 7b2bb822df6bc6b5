using System.Text.Json;
using CloudNative.Local.Json;
using CloudNative.Local.Resources;

namespace CloudNative.Local.Secrets;

/// <summary>secretstores.local.file: a JSON file, read once. For development only: the file holds the secrets in the clear.</summary>
internal sealed class LocalFileSecretStore(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> secrets) : ISecretStore
{
    private const string FileKey = "secretsFile";

    /// <exception cref="ComponentInitException">The file is missing, unreadable or no JSON object.</exception>
    public static async ValueTask<ISecretStore> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var settings = new ComponentSettings(component);
        var path = context.ResolvePath(settings.Required(FileKey, "../../components/local/secrets.json"));
        var flatten = new SecretFlattening(settings.Optional("nestedSeparator") ?? ":");
        try
        {
            var root = Parsed(await File.ReadAllBytesAsync(path, cancellationToken));
            return new LocalFileSecretStore(settings.Flag("multiValued", otherwise: false) ? flatten.ByTopLevelName(root) : flatten.EachAlone(root));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw settings.Refused(FileKey, $"open {path}: no such file or directory", "create it, or name one that exists", missing);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw settings.Refused(FileKey, $"{path} cannot be read", "let this program read it", failure);
        }
        // The cause is left out on purpose: a parser's text may quote a secret.
        catch (Exception failure) when (failure is GoJsonException or JsonException or FormatException)
        {
            throw settings.Refused(FileKey, $"{path} is not as expected", "it holds one JSON object whose values are strings, with multiValued also objects");
        }
    }

    public IReadOnlyDictionary<string, string> Get(string name) =>
        secrets.TryGetValue(name, out var secret) ? secret : throw new ComponentException($"secret {name} not found");

    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll() => secrets;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Written again first, so that members are unique and numbers look as Go prints them.</summary>
    private static JsonElement Parsed(byte[] file)
    {
        var text = GoJson.Reserialize(file, GoNumbers.Float64);
        var root = JsonSerializer.Deserialize<JsonElement>(text);
        return root.ValueKind == JsonValueKind.Object ? root : throw new FormatException("The secrets are no object.");
    }
}
