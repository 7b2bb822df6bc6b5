using System.Text.Json;
using System.Text.RegularExpressions;

namespace CloudNative.Conformance;

/// <summary>One scenario as data.</summary>
internal sealed partial class Recording : IDisposable
{
    private static readonly string[] StepsNotReplayed =
        ["stream_send", "stream_received", "stream_ended", "broker", "raw_request", "connections", "spacing_ranges"];

    private readonly JsonDocument document;

    private Recording(string file, JsonDocument document)
    {
        this.document = document;
        Area = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file)))!;
        Name = Path.GetFileNameWithoutExtension(file);
        Steps = [.. document.RootElement.GetProperty("steps").EnumerateArray()];
    }

    public string Area { get; }

    public string Name { get; }

    public IReadOnlyList<JsonElement> Steps { get; }

    public JsonElement Given => document.RootElement.TryGetProperty("given", out var given) ? given : default;

    public static Recording Load(string file) => new(file, JsonDocument.Parse(File.ReadAllBytes(file)));

    /// <summary>Null where it can be replayed against a runtime with the embedded components.</summary>
    public string? WhyNotServed()
    {
        if (document.RootElement.TryGetProperty("for_reading", out _))
            return "is for reading";
        foreach (var name in (string[])["s3", "secretsmanager", "table"])
        {
            if (Given.TryGetProperty(name, out _))
                return $"needs {name}";
        }
        if (ForeignType().Match(Given.GetRawText()) is { Success: true } type)
            return $"needs {type.Groups[1].Value}";
        foreach (var step in Steps)
        {
            if (StepsNotReplayed.FirstOrDefault(name => step.TryGetProperty(name, out _)) is { } unknown)
                return $"the replayer has no step {unknown}";
            if (step.TryGetProperty("received", out var received) && received.TryGetProperty("grpc", out _))
                return "the replayer has no gRPC app";
        }
        return null;
    }

    public void Dispose() => document.Dispose();

    [GeneratedRegex(@"type: ((?:state\.(?:aws|memcached|redis)|pubsub\.(?:redis|kinesis|kafka)|bindings\.(?:aws|cron)|secretstores\.aws)[a-z.]*)")]
    private static partial Regex ForeignType();
}
