namespace CloudNative.Local.Resources;

/// <summary>
/// How a path of a component's metadata becomes absolute: relative to <paramref name="AppFolder"/>, which is where daprd runs; what lies inside
/// <paramref name="LocalFolder"/> (the run file's <c>.local</c>) moves to <paramref name="DataFolder"/>. All three are absolute.
/// </summary>
public sealed record ComponentPaths(string AppFolder, string LocalFolder, string DataFolder)
{
    public string Resolve(string path)
    {
        var absolute = Path.GetFullPath(path, AppFolder);
        var inLocal = Path.GetRelativePath(LocalFolder, absolute);
        var isInside = inLocal != ".." && !inLocal.StartsWith("../", StringComparison.Ordinal) && !Path.IsPathRooted(inLocal);
        return isInside ? Path.GetFullPath(inLocal, DataFolder) : absolute;
    }
}
