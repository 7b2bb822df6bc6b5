using System.Globalization;

namespace CloudNative.Conformance;

/// <param name="Folders">Folders of recordings, or single recordings.</param>
/// <param name="Runtime">Starts a sidecar; without a shell, words separated by blanks.</param>
/// <param name="RunFileRuntime">Runs a run file, in its folder.</param>
/// <param name="Only">Where given, only recordings whose path holds this text.</param>
/// <param name="Parallel">How many at a time; most of a replay is waiting.</param>
/// <param name="Verbose">Also prints what a differing sidecar wrote.</param>
internal sealed record ReplayOptions(IReadOnlyList<string> Folders, string Runtime, string RunFileRuntime, string? Only, int Parallel, bool Verbose)
{
    public const string Usage = """
        replay <folder or file>... [--only <part of a name>] [--runtime <template>] [--run-file-runtime <template>] [--parallel <n>] [--verbose]
        The template starts one sidecar: {app-id} {http} {grpc} {app-port} {resources} {config} {args} are filled in;
        a word that holds {app-port}, {config} or {args} is left out, with the option before it, where there is none.
        The other one runs a whole run file: {run-file}, {data} (a folder) and {console} (a port, 0 for any) are filled in.
        """;

    private static readonly string Local = $"dotnet {Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Local/release/Local.dll"))}";

    public static readonly string LocalRuntime =
        $"{Local} sidecar"
        + " --app-id {app-id} --http-port {http} --grpc-port {grpc} --app-port {app-port} --resources {resources} --config {config} --peers {resources}/../peers"
        + " --stand-in-for-broker pubsub.redis {args}";

    public static readonly string LocalRunFileRuntime = $"{Local} --run-file {{run-file}} --data {{data}} --console-port {{console}}";

    public static readonly int InParallel = 3 * Environment.ProcessorCount;

    private static readonly string[] WithValue = ["--only", "--runtime", "--run-file-runtime", "--parallel"];

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
            else if (WithValue.Contains(args[i]) && i + 1 < args.Length)
                options[args[i]] = args[++i];
            else if (args[i].StartsWith("--", StringComparison.Ordinal))
                return null;
            else
                folders.Add(args[i]);
        }
        var parallel = InParallel;
        if (options.TryGetValue("--parallel", out var count) && !(int.TryParse(count, CultureInfo.InvariantCulture, out parallel) && parallel > 0))
            return null;
        return folders.Count == 0 || folders.Any(folder => !File.Exists(folder) && !Directory.Exists(folder))
            ? null
            : new ReplayOptions(
                folders, options.GetValueOrDefault("--runtime", LocalRuntime), options.GetValueOrDefault("--run-file-runtime", LocalRunFileRuntime),
                options.GetValueOrDefault("--only"), parallel, verbose);
    }
}
