using CloudNative.Local.Resources;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CloudNative.Local.RunFiles;

/// <summary>
/// Reads a run file by the rules of the Dapr CLI. Where the CLI passes over something this names it: a misspelt key as a warning, an id or an
/// app's port given twice as a mistake, since half of that would only fail later.
/// </summary>
public static class RunFileReader
{
    // Of two sidecars, the second is refused when its turn comes: Ports.FirstTwice.
    private static readonly HashSet<string> SidecarPorts = ["daprHTTPPort", "daprGRPCPort", "metricsPort"];

    /// <param name="path">A file, or a folder that holds a <c>dapr.yaml</c>.</param>
    /// <param name="home">The user's folder, where <c>.dapr/components</c> and <c>.dapr/config.yaml</c> are looked for last.</param>
    /// <exception cref="RunFileException">Everything that is wrong with it.</exception>
    public static RunFile Read(string path, string home)
    {
        var file = Path.GetFullPath(Directory.Exists(path) ? Path.Combine(path, "dapr.yaml") : path);
        if (!File.Exists(file))
            throw new RunFileException([$"{file}: there is no such run file; name one with --run-file"]);
        var mistakes = new MistakeList(file);
        var top = new RunFileSection(Parse(file, mistakes), RunFileKeys.Top, mistakes);
        mistakes.ThrowIfAny();
        if (top.Number("version") is null)
            top.Note("version", "the required key 'version' is missing: write 'version: 1'");
        var apps = ReadApps(top, Path.GetDirectoryName(file)!, home, mistakes);
        mistakes.ThrowIfAny();
        return new RunFile(file, Path.GetDirectoryName(file)!, apps, mistakes.Warnings);
    }

    private static YamlMappingNode? Parse(string file, MistakeList mistakes)
    {
        try
        {
            var stream = new YamlStream();
            using var reader = new StringReader(File.ReadAllText(file));
            stream.Load(reader);
            if (stream.Documents.Count > 0 && stream.Documents[0].RootNode is YamlMappingNode root)
                return root;
            mistakes.Add(1, "a run file consists of keys with values, starting with 'version: 1'");
        }
        catch (YamlException exception)
        {
            mistakes.Add(exception.Start.Line, $"this is no YAML: {exception.Message}");
        }
        return null;
    }

    private static List<AppDefinition> ReadApps(RunFileSection top, string folder, string home, MistakeList mistakes)
    {
        var common = new RunFileSection(top.Node("common"), RunFileKeys.Common, mistakes);
        var sections = top.Node("apps").Items().Select(node => new RunFileSection(node, RunFileKeys.App, mistakes)).ToList();
        if (sections.Count == 0)
            top.Note("apps", "there are no apps to run: list at least one under 'apps'");
        mistakes.ThrowIfAny();
        var reader = new AppDefinitionReader(common, folder, home);
        reader.CheckCommon();
        var apps = sections.Select(section => (Section: section, App: reader.Read(section))).ToList();
        mistakes.ThrowIfAny();
        NoteDuplicates(apps);
        return [.. apps.Select(pair => pair.App!)];
    }

    private static void NoteDuplicates(List<(RunFileSection Section, AppDefinition? App)> apps)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var owners = new Dictionary<int, (string Key, string App)>();
        foreach (var (section, app) in apps)
        {
            if (!ids.Add(app!.Id))
                section.Note("appID", $"app id '{app.Id}' is given twice: give each app its own");
            foreach (var key in new[] { "appPort", "daprHTTPPort", "daprGRPCPort", "daprInternalGRPCPort", "metricsPort" })
            {
                if (section.Number(key) is not ({ } port and > 0))
                    continue;
                if (owners.TryAdd(port, (key, app.Id)))
                    continue;
                var owner = owners[port];
                if (owner.App == app.Id || !(SidecarPorts.Contains(key) && SidecarPorts.Contains(owner.Key)))
                    section.Note(key, $"{key} {port} of app '{app.Id}' is already the {owner.Key} of app '{owner.App}': give one of them another port");
            }
        }
    }
}
