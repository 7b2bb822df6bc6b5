using CloudNative.Local.Resources;

namespace CloudNative.Local.Bindings;

/// <summary>File names below one root, as if the root were the file system's: climbing out ends at the root.</summary>
internal sealed class LocalStoragePath(string root)
{
    public string Root { get; } = root;

    /// <exception cref="ComponentException">A link on the way leads out of the root.</exception>
    public string Absolute(string fileName)
    {
        var parts = new List<string>();
        foreach (var part in fileName.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("" or "." or ".."))
                parts.Add(part);
        }
        var path = Path.Combine([Root, .. parts]);
        var target = CanonicalPath.Of(path);
        return target == Root || target.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new ComponentException($"a link in {path} leads out of {Root}");
    }

    /// <summary>As the answer of create tells it.</summary>
    public string Relative(string absolute) => Path.GetRelativePath(Root, absolute).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>The first ancestor that is a file, which no path can go through; null where there is none.</summary>
    public string? FileAbove(string absolute)
    {
        for (var folder = Path.GetDirectoryName(absolute); folder is not null && folder.Length > Root.Length; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(folder))
                return folder;
        }
        return null;
    }
}
