namespace CloudNative.Local.Resources;

/// <summary>
/// The first of two phases: reads the files. What is found is no more than text until <see cref="ComponentResolver"/> puts in secrets,
/// environment and templates, for one app, once its secret stores are there.
/// </summary>
public static class ResourceLoader
{
    /// <summary>Reads <c>*.yaml</c> and <c>*.yml</c> directly in each folder, by file name.</summary>
    /// <exception cref="ResourceException">A folder does not exist, or a component's name is taken (whatever the types and scopes).</exception>
    public static ResourceSet Load(IEnumerable<string> folders)
    {
        var reader = new ResourceReader();
        foreach (var file in folders.SelectMany(ResourceFiles))
            reader.Read(file, File.ReadAllText(file));
        RefuseDuplicates(reader.Components);
        return new ResourceSet(reader.Components, reader.Documents, reader.Faults);
    }

    private static IEnumerable<string> ResourceFiles(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder)
            .Where(file => Path.GetExtension(file) is ".yaml" or ".yml")
            .Order(StringComparer.Ordinal)
        : throw new ResourceException($"The resources folder {folder} does not exist: create it, or name another one.");

    private static void RefuseDuplicates(List<ComponentManifest> components)
    {
        foreach (var pair in components.GroupBy(component => component.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            var first = pair.First();
            var second = pair.ElementAt(1);
            throw new ResourceException(
                $"failed to load components: duplicate definition of Component name {second.Name} ({second.Type}/{second.Version}) "
                + $"with existing {first.Name} ({first.Type}/{first.Version}): {second.SourceFile} and {first.SourceFile}. "
                + "Names are unique in the folders of one app, even across scopes: rename one.");
        }
    }
}
