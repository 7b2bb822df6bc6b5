using System.Text.Json;
using System.Text.Json.Serialization;
using CloudNative.Local.Apps;

namespace CloudNative.Local.RunFiles;

/// <summary>
/// What <c>run.json</c> in the data folder holds while a host runs, and after one was killed: enough to talk to the apps, and to end what was
/// left behind. Addresses are whole URLs. Members are camel-cased; what is not known is left out.
/// </summary>
/// <param name="Host">The host's own process.</param>
/// <param name="Console">Where its console answers.</param>
public sealed record RunRecord(ProcessIdentity Host, string Console, IReadOnlyList<RunRecordApp> Apps)
{
    private const string FileName = "run.json";

    /// <summary>Null where the folder has none, or one that was never written to its end.</summary>
    public static RunRecord? Read(string dataFolder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(dataFolder, FileName)), RunRecordJson.Default.RunRecord);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Readers see the whole old or the whole new text.</summary>
    public void Write(string dataFolder)
    {
        var file = Path.Combine(dataFolder, FileName);
        File.WriteAllText(file + ".new", JsonSerializer.Serialize(this, RunRecordJson.Default.RunRecord));
        File.Move(file + ".new", file, overwrite: true);
    }

    public static void Delete(string dataFolder) => File.Delete(Path.Combine(dataFolder, FileName));

    /// <summary>What the host started for its apps and what still runs of it. An attached app was started by somebody else.</summary>
    public IReadOnlyList<AppProcesses> LeftBehind() =>
        [.. Apps.Where(app => app.Group is not null).Select(app => new AppProcesses(app.Group, app.Process)).Where(app => app.Running.Any())];
}

/// <param name="Pid">Of the process that listens on the app's port; absent while none does.</param>
/// <param name="StartedAt">When that process started, by the system's clock.</param>
/// <param name="Group">The process the host started: the leader of the app's process group, often the same one.</param>
/// <param name="Address">Of the app; absent where it has no port.</param>
/// <param name="Http">Of its sidecar.</param>
/// <param name="Grpc">Of its sidecar.</param>
public sealed record RunRecordApp(
    string Id,
    int? Pid,
    DateTimeOffset? StartedAt,
    ProcessIdentity? Group,
    string? Address,
    string Http,
    string Grpc,
    AppState State,
    int Restarts)
{
    [JsonIgnore]
    public ProcessIdentity? Process => Pid is { } pid && StartedAt is { } startedAt ? new ProcessIdentity(pid, startedAt) : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(RunRecord))]
internal sealed partial class RunRecordJson : JsonSerializerContext;
