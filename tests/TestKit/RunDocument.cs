using System.Text.Json;

namespace CloudNative.TestKit;

/// <summary>An app as run.json names it; addresses are full URLs.</summary>
public sealed record StackApp(string Id, int Pid, Uri Address, Uri Http, Uri Grpc);

/// <summary>What a black-box test needs of run.json, the local runtime's description of itself.</summary>
public sealed record RunDocument(int HostPid, Uri Console, IReadOnlyList<StackApp> Apps)
{
    public StackApp this[string id] =>
        Apps.FirstOrDefault(app => app.Id == id) ?? throw new InvalidOperationException($"The stack has no app '{id}'.");

    public static RunDocument Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        var apps = root.GetProperty("apps").EnumerateArray().Select(app => new StackApp(
            app.GetProperty("id").GetString()!,
            app.TryGetProperty("pid", out var pid) && pid.ValueKind == JsonValueKind.Number ? pid.GetInt32() : 0,
            Address(app, "address"),
            Address(app, "http"),
            Address(app, "grpc"))).ToList();
        return new RunDocument(root.GetProperty("host").GetProperty("pid").GetInt32(), Address(root, "console"), apps);
    }

    private static Uri Address(JsonElement element, string name) => new(element.GetProperty(name).GetString()!);
}
