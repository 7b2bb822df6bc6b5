using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CloudNative.Conformance.RunFile;

/// <summary>Asks the first sidecar of a run what the recording asked, and compares; each method gives the first difference, or null.</summary>
internal sealed partial class SeenAnswers(RunFolder folder, JsonElement given)
{
    public static async Task<bool> IsReadyAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            return StatusOf(await HttpCall.SendAsync(port, "GET /v1.0/healthz/outbound", [], [], cancellationToken)) == 204;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async Task<string?> ComponentsAsync(JsonElement recorded, CancellationToken cancellationToken)
    {
        var answer = await AskAsync("GET /v1.0/metadata", "", cancellationToken);
        using var metadata = JsonDocument.Parse(answer.Body);
        var actual = metadata.RootElement.TryGetProperty("components", out var components) ? components.EnumerateArray().Select(component => component.GetProperty("name").GetString()) : [];
        return Texts("components", recorded.EnumerateArray().Select(name => name.GetString()), actual);
    }

    public async Task<string?> InvokeAsync(string appId, JsonElement recorded, CancellationToken cancellationToken)
    {
        var answer = await AskAsync($"GET /v1.0/invoke/{appId}/method/healthz", "", cancellationToken);
        return Status("invoke", recorded.GetProperty("status").GetInt32(), answer)
            ?? new Comparison(new Placeholders()).Json(recorded.GetProperty("json"), answer.Body, subset: false);
    }

    public async Task<string?> SecretsAsync(JsonElement recorded, CancellationToken cancellationToken)
    {
        foreach (var secret in recorded.EnumerateObject())
        {
            var answer = await AskAsync($"GET /v1.0/secrets/{NameOf("secretstores")}/{secret.Name}", "", cancellationToken);
            if (new Comparison(new Placeholders()).Json(secret.Value, answer.Body, subset: false) is { } difference)
                return $"secret {secret.Name}: {difference}";
        }
        return null;
    }

    public async Task<string?> CreateAsync(int recorded, CancellationToken cancellationToken) => Status(
        "create", recorded, await AskAsync($"POST /v1.0/bindings/{NameOf("bindings")}", """{"operation":"create","data":"x","metadata":{"fileName":"f"}}""", cancellationToken));

    public string? Found(JsonElement recorded) =>
        recorded.EnumerateArray().Select(file => file.GetString()!).Where(file => !File.Exists(Path.Combine(folder.Root, file))).Select(file => $"there is no file {file}").FirstOrDefault();

    public static string? Texts(string what, IEnumerable<string?> recorded, IEnumerable<string?> actual)
    {
        var (expected, got) = (string.Join(", ", recorded.Order(StringComparer.Ordinal)), string.Join(", ", actual.Order(StringComparer.Ordinal)));
        return expected == got ? null : $"{what}: expected [{expected}], got [{got}]";
    }

    private async Task<Message> AskAsync(string request, string body, CancellationToken cancellationToken) =>
        await HttpCall.SendAsync(folder.SidecarPorts[0], request, [], Encoding.UTF8.GetBytes(body), cancellationToken)
            ?? throw new ReplayException($"{request}: the connection was closed");

    private static string? Status(string what, int recorded, Message answer) =>
        StatusOf(answer) == recorded ? null : $"{what}: expected status {recorded}, got {answer.FirstLine} {Encoding.UTF8.GetString(answer.Body)}";

    private static int? StatusOf(Message? answer) => answer is null ? null : int.Parse(answer.FirstLine.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    private string NameOf(string kind) => given.GetProperty("files").EnumerateObject()
        .Select(file => file.Value.GetString()!)
        .Where(text => text.Contains($"type: {kind}.", StringComparison.Ordinal))
        .Select(text => Name().Match(text).Groups[1].Value)
        .First();

    [GeneratedRegex(@"metadata: \{name: ([a-z-]+)\}")]
    private static partial Regex Name();
}
