using CloudNative.Local.Apps;
using CloudNative.Local.Resources;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Commands;

/// <summary>What is going to run: read and checked before anything is started.</summary>
internal sealed record RunPlan(RunFile File, IReadOnlyList<AppDefinition> Apps, IReadOnlySet<string> Attached, IReadOnlyDictionary<string, ResourceSet> Resources)
{
    /// <exception cref="RunFileException">The run file, or a name given with an option, is wrong.</exception>
    /// <exception cref="ResourceException">Resources that nothing can start with.</exception>
    public static RunPlan Make(RunOptions options)
    {
        var file = RunFileReader.Read(options.RunFile, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
        var apps = Select(file, options);
        var attached = apps.Where(app => app.Command.Count == 0 || options.Attach.Contains(app.Id)).Select(app => app.Id).ToHashSet();
        var folders = options.Resources.Select(Path.GetFullPath).ToList();
        var resources = apps.ToDictionary(app => app.Id, app => Load(app, folders.Count > 0 ? folders : app.ResourceFolders));
        return new RunPlan(file, apps, attached, resources);
    }

    public IReadOnlySet<string> ComponentNames => Resources.Values.SelectMany(set => set.Components).Select(component => component.Name).ToHashSet();

    public IReadOnlyDictionary<string, AssignedPorts> AssignPorts(RunOptions options, RunRecord? last) => options.HasFreePorts
        ? Ports.AssignFree(Apps, Attached, last)
        : Ports.Assign(Apps, Attached, ListeningProcess.Describe);

    private static List<AppDefinition> Select(RunFile file, RunOptions options)
    {
        var known = file.Apps.Select(app => app.Id).ToHashSet();
        var unknown = options.Only.Concat(options.Attach).Where(id => !known.Contains(id)).Distinct().ToList();
        if (unknown.Count > 0)
            throw new RunFileException([.. unknown.Select(id => $"{file.SourceFile} has no app '{id}'; it has {string.Join(", ", known)}")]);
        return [.. file.Apps.Where(app => options.Only.Count == 0 || options.Only.Contains(app.Id) || options.Attach.Contains(app.Id))];
    }

    // A sidecar alone passes over what it cannot read, as daprd does; a whole system that lacks a component would only fail later and less clearly.
    private static ResourceSet Load(AppDefinition app, IEnumerable<string> folders)
    {
        var set = ResourceLoader.Load(folders);
        return set.Faults.Count == 0 ? set.For(app.Id) : throw new ResourceException(string.Join(Environment.NewLine, set.Faults));
    }
}
