using System.Globalization;
using System.Text.Json;

namespace CloudNative.Conformance.RunFile;

/// <summary>What one stand-in app writes down for the replayer.</summary>
internal sealed class AppNotes(string folder, string app)
{
    /// <summary>Names the folder of the notes; part of the shell's environment, so every app inherits it.</summary>
    public const string FolderVariable = "CONFORMANCE_NOTES";

    private const string StartEnding = ".start.json";
    private const string EventsEnding = ".events";

    private readonly Lock gate = new();
    private readonly string file = Path.Combine(folder, $"{app}@{Environment.ProcessId}");

    /// <summary>Readers see all of it or nothing.</summary>
    public void Started(string json)
    {
        File.WriteAllText(file + ".new", json);
        File.Move(file + ".new", file + StartEnding);
    }

    public void Request(string line) => Note(line);

    public void Signal(string name) => Note(name);

    /// <summary>Every app that has started, in the order of that.</summary>
    public static IReadOnlyList<NotedApp> Read(string folder) =>
        [.. new DirectoryInfo(folder).GetFiles("*" + StartEnding).OrderBy(start => start.LastWriteTimeUtc).Select(start => Read(start.FullName[..^StartEnding.Length], start.FullName))];

    private static NotedApp Read(string file, string start)
    {
        var name = Path.GetFileName(file).Split('@');
        var events = File.Exists(file + EventsEnding) ? File.ReadAllText(file + EventsEnding).Split('\n')[..^1] : [];
        return new NotedApp(
            name[0], int.Parse(name[1], CultureInfo.InvariantCulture), JsonDocument.Parse(File.ReadAllBytes(start)).RootElement,
            [.. events.Where(line => line.Contains(' ', StringComparison.Ordinal))], [.. events.Where(line => !line.Contains(' ', StringComparison.Ordinal))]);
    }

    private void Note(string line)
    {
        lock (gate)
            File.AppendAllText(file + EventsEnding, line + "\n");
    }
}

/// <param name="Id">The name of the folder it runs in.</param>
/// <param name="Start">Its env, cwd and argv.</param>
/// <param name="Requests">Verb and path, as they came.</param>
internal sealed record NotedApp(string Id, int Pid, JsonElement Start, IReadOnlyList<string> Requests, IReadOnlyList<string> Signals);
