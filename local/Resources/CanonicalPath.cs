namespace CloudNative.Local.Resources;

/// <summary>One spelling for each file, whatever links lead to it.</summary>
internal static class CanonicalPath
{
    /// <param name="absolute">An absolute path; its last part need not exist.</param>
    public static string Of(string absolute)
    {
        var path = Path.GetFullPath(absolute);
        var root = Path.GetPathRoot(path)!;
        var resolved = root;
        foreach (var part in path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
            resolved = Target(Path.Combine(resolved, part));
        return resolved;
    }

    private static string Target(string path)
    {
        FileSystemInfo entry = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        return entry.LinkTarget is null ? path : Of(entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path);
    }
}
