namespace CloudNative.Conformance;

/// <param name="Folders">Folders of recordings, or single recordings.</param>
/// <param name="Command">Starts a sidecar; without a shell, words separated by blanks.</param>
/// <param name="Only">Where given, only recordings whose name holds this text.</param>
/// <param name="Verbose">Also prints what a differing sidecar wrote.</param>
internal sealed record ReplayOptions(IReadOnlyList<string> Folders, string Command, string? Only, bool Verbose)
{
    public const string Usage = """
        replay <folder or file>... [--only <part of a name>] [--command <template>] [--verbose]
        The template starts one sidecar: {app-id} {http} {grpc} {app-port} {resources} {config} {args} are filled in;
        a word that holds {app-port}, {config} or {args} is left out, with the option before it, where there is none.
        """;

    private static readonly string LocalRuntime =
        $"dotnet {Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Local/release/Local.dll"))} sidecar"
        + " --app-id {app-id} --http-port {http} --grpc-port {grpc} --app-port {app-port} --resources {resources} --config {config} {args}";

    public static ReplayOptions? Parse(string[] args)
    {
        if (args is not ["replay", ..])
            return null;
        var folders = new List<string>();
        var options = new Dictionary<string, string>();
        var verbose = false;
        for (var i = 1; i < args.Length; i++)
        {
            if (args[i] == "--verbose")
                verbose = true;
            else if (args[i] is "--only" or "--command" && i + 1 < args.Length)
                options[args[i]] = args[++i];
            else if (args[i].StartsWith("--", StringComparison.Ordinal))
                return null;
            else
                folders.Add(args[i]);
        }
        return folders.Count == 0
            ? null
            : new ReplayOptions(folders, options.GetValueOrDefault("--command", LocalRuntime), options.GetValueOrDefault("--only"), verbose);
    }
}
