namespace CloudNative.Local.Resources;

/// <summary>
/// How a path of a component's metadata becomes absolute: relative to <paramref name="AppFolder"/>, which is where daprd runs; what lies inside
/// <paramref name="LocalFolder"/> (the run file's <c>.local</c>) moves to <paramref name="DataFolder"/>. All three are absolute.
/// </summary>
public sealed record ComponentPaths(string AppFolder, string LocalFolder, string DataFolder)
{
    public string Resolve(string path) => InData(path) ?? Path.GetFullPath(path, AppFolder);

    /// <summary>Where in the data folder the path lies; null where it is not inside <c>.local</c>.</summary>
    public string? InData(string path)
    {
        var inLocal = Path.GetRelativePath(LocalFolder, Path.GetFullPath(path, AppFolder));
        var isInside = inLocal != ".." && !inLocal.StartsWith("../", StringComparison.Ordinal) && !Path.IsPathRooted(inLocal);
        return isInside ? Path.GetFullPath(inLocal, DataFolder) : null;
    }
}
