using CloudNative.Local.Apps;
using CloudNative.Local.Resources;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Commands;

/// <summary>What is going to run: read and checked before anything is started.</summary>
/// <param name="Refused">The app at which the run ends, as the CLI's does: what stands before it in the file has been started by then, and is ended.</param>
internal sealed record RunPlan(
    RunFile File, IReadOnlyList<AppDefinition> Apps, IReadOnlySet<string> Attached, IReadOnlyDictionary<string, ResourceSet> Resources, PortGivenTwice? Refused)
{
    /// <exception cref="RunFileException">The run file, or a name given with an option, is wrong.</exception>
    /// <exception cref="ResourceException">Resources that nothing can start with.</exception>
    public static RunPlan Make(RunOptions options)
    {
        var file = RunFileReader.Read(options.RunFile, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
        var apps = Select(file, options);
        var refused = options.HasFreePorts ? null : Ports.FirstTwice(apps);
        apps = [.. apps.TakeWhile(app => app.Id != refused?.AppId)];
        var attached = apps.Where(app => app.Command.Count == 0 || options.Attach.Contains(app.Id)).Select(app => app.Id).ToHashSet();
        var folders = options.Resources.Select(Path.GetFullPath).ToList();
        var resources = apps.ToDictionary(app => app.Id, app => ResourceLoader.Load(folders.Count > 0 ? folders : app.ResourceFolders).For(app.Id));
        return new RunPlan(file, apps, attached, resources, refused);
    }

    /// <summary>What goes on all the same, each with its file.</summary>
    public IEnumerable<string> Warnings => File.Warnings.Concat(Resources.Values.SelectMany(set => set.Faults).Select(fault => $"{fault}; it is passed over").Distinct());

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
}
