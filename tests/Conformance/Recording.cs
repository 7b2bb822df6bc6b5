using System.Text.Json;
using System.Text.RegularExpressions;

namespace CloudNative.Conformance;

/// <summary>One scenario as data.</summary>
internal sealed partial class Recording : IDisposable
{
    private readonly JsonDocument document;

    private Recording(string file, JsonDocument document)
    {
        this.document = document;
        FullName = NameOf(file);
        Steps = document.RootElement.TryGetProperty("steps", out var steps) ? [.. steps.EnumerateArray()] : [];
    }

    /// <summary>area/name.</summary>
    public string FullName { get; }

    public IReadOnlyList<JsonElement> Steps { get; }

    public JsonElement Given => document.RootElement.TryGetProperty("given", out var given) ? given : default;

    /// <summary>Whether it shows a run of a whole run file: it has then no steps, but what was seen.</summary>
    public bool IsOfRunFile => document.RootElement.TryGetProperty("seen", out _);

    public JsonElement Seen => document.RootElement.GetProperty("seen");

    /// <summary>Whether what was seen is a weakness of the CLI that nobody should copy.</summary>
    public bool IsExpectedToBeBetter => document.RootElement.GetProperty("expect").GetString() == "better";

    /// <summary>The names of its own members and of those of what is given.</summary>
    public IEnumerable<string> Members =>
        document.RootElement.EnumerateObject().Select(member => member.Name)
            .Concat(Given.ValueKind == JsonValueKind.Object ? Given.EnumerateObject().Select(member => member.Name) : []);

    public IEnumerable<string> ComponentTypes =>
        Given.ValueKind == JsonValueKind.Object ? ComponentType().Matches(Given.GetRawText()).Select(match => match.Groups[1].Value) : [];

    public static Recording Load(string file) => new(file, JsonDocument.Parse(File.ReadAllBytes(file)));

    public static string NameOf(string file) =>
        $"{Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file)))}/{Path.GetFileNameWithoutExtension(file)}";

    public void Dispose() => document.Dispose();

    [GeneratedRegex(@"type: ((?:state|pubsub|bindings|secretstores)\.[a-z0-9.]+)")]
    private static partial Regex ComponentType();
}
