using System.Collections;
using System.Text.Json;
using System.Text.RegularExpressions;
using CloudNative.TestKit;

namespace CloudNative.Conformance.RunFile;

/// <summary>The folder of one run: its run file with free ports put in, files, apps, and the environment of the shell it is started from.</summary>
internal sealed partial class RunFolder : IDisposable
{
    private readonly string scratch = Directory.CreateTempSubdirectory("run-file-").FullName;
    private readonly Dictionary<string, string> known = [];
    private readonly Dictionary<string, string> shell;

    /// <param name="given">Of the recording.</param>
    /// <param name="program">What stands where the recording says <c>python3</c>.</param>
    public RunFolder(JsonElement given, string program)
    {
        known["<root>"] = Sub("root");
        known["<home>"] = Sub("home");
        var text = given.GetProperty("dapr.yaml").GetString();
        ChoosePorts(text ?? "");
        if (text is not null)
            File.WriteAllText(RunFile, Fill(text).Replace("python3", program, StringComparison.Ordinal));
        foreach (var file in given.GetProperty("files").EnumerateObject())
            Write(Fill(file.Name), Fill(file.Value.GetString()!));
        foreach (var id in (string[])["things-bff", "search-bff", "reservations"])
            Write($"services/{id}/{StandInApp.Script}", "");
        shell = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value!);
        foreach (var (name, value) in Additions(given))
            shell[name] = value;
    }

    public string Root => known["<root>"];

    public string RunFile => Path.Combine(Root, "dapr.yaml");

    public string Notes => Sub("notes");

    /// <summary>The ports of the sidecars that the run file names, in its order.</summary>
    public IReadOnlyList<int> SidecarPorts => [.. known.Where(pair => pair.Key.EndsWith("-http>", StringComparison.Ordinal)).Select(pair => int.Parse(pair.Value, System.Globalization.CultureInfo.InvariantCulture))];

    public IReadOnlyList<NotedApp> Apps => AppNotes.Read(Notes);

    /// <summary>What the shell's environment holds.</summary>
    public IReadOnlyDictionary<string, string> Shell => shell;

    /// <param name="template">{run-file}, {data} and {console} are filled in.</param>
    public SidecarProcess Start(string template) => new(
        [.. template.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word
            .Replace("{run-file}", RunFile, StringComparison.Ordinal)
            .Replace("{data}", Path.Combine(scratch, "data"), StringComparison.Ordinal)
            .Replace("{console}", "0", StringComparison.Ordinal))],
        shell,
        Root);

    public string Fill(string text) => known.Aggregate(text, (filled, pair) => filled.Replace(pair.Key, pair.Value, StringComparison.Ordinal));

    public void Dispose() => Directory.Delete(scratch, recursive: true);

    private Dictionary<string, string> Additions(JsonElement given)
    {
        var additions = given.GetProperty("shell").EnumerateObject().ToDictionary(variable => variable.Name, variable => Fill(variable.Value.GetString()!));
        additions["HOME"] = known["<home>"];
        additions["PWD"] = Root;
        additions[AppNotes.FolderVariable] = Notes;
        return additions;
    }

    private void ChoosePorts(string text)
    {
        foreach (var placeholder in Port().Matches(text).Select(match => match.Value).Distinct())
            known[placeholder] = $"{FreePorts.Next()}";
    }

    private string Sub(string name) => Directory.CreateDirectory(Path.Combine(scratch, name)).FullName;

    private void Write(string name, string text)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    [GeneratedRegex("<[a-z]+-(?:port|http|grpc)>")]
    private static partial Regex Port();
}
