using CloudNative.Local.Resources;

namespace CloudNative.Local.State;

/// <summary>
/// Where a connection string points. <paramref name="Path"/> is null for a database in memory, else absolute;
/// <paramref name="SharingKey"/> is equal for what is one database in this process.
/// </summary>
internal sealed record SqliteLocation(string? Path, string SharingKey)
{
    /// <param name="text">A path, a <c>file:</c> URI, or <c>:memory:</c>.</param>
    /// <param name="resolvePath">Makes a path absolute.</param>
    /// <param name="refuse">Makes the exception for a reason and a remedy.</param>
    public static SqliteLocation Parse(string text, Func<string, string> resolvePath, Func<string, string, ComponentInitException> refuse)
    {
        var isUri = text.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
        var (path, query) = isUri ? SplitUri(text["file:".Length..]) : (text, "");
        var parameters = Parameters(query, refuse);
        if (path.Length == 0)
            throw refuse("it names no file", "write a path, for example '../../.local/state.db'");
        if (path is ":memory:" || parameters.GetValueOrDefault("mode") == "memory")
            return new SqliteLocation(null, InMemoryKey(path, parameters.GetValueOrDefault("cache") == "shared"));

        var absolute = resolvePath(path);
        var folder = System.IO.Path.GetDirectoryName(absolute);
        if (!Directory.Exists(folder))
            throw refuse($"the folder '{folder}' does not exist", "create it, or name a file in one that exists");
        var canonical = CanonicalPath.Of(absolute);
        return new SqliteLocation(canonical, canonical);
    }

    private static string InMemoryKey(string name, bool shared) => shared ? ":memory:" + name : ":memory:" + Guid.NewGuid();

    private static (string Path, string Query) SplitUri(string rest)
    {
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? rest : rest[..question];
        if (path.StartsWith("//", StringComparison.Ordinal))
        {
            // An authority may only be empty or this machine.
            var slash = path.IndexOf('/', 2);
            path = slash < 0 ? "" : path[slash..];
        }
        return (Uri.UnescapeDataString(path), question < 0 ? "" : rest[(question + 1)..]);
    }

    private static Dictionary<string, string> Parameters(string query, Func<string, string, ComponentInitException> refuse)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2) is [var left, var right] ? (left, right) : (pair, "");
            var served = name switch
            {
                "_txlock" => true,
                "cache" => value is "shared" or "private",
                "mode" => value is "memory" or "rw" or "rwc",
                _ => false,
            };
            if (!served)
                throw refuse($"the parameter '{pair}' is not served here", "remove it; busyTimeout and disableWAL are metadata of their own");
            parameters[name] = value;
        }
        return parameters;
    }
}
