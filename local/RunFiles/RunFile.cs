namespace CloudNative.Local.RunFiles;

/// <summary>What a <c>dapr.yaml</c> says, merged and checked: the apps in the order of the file. Paths are absolute.</summary>
/// <param name="Folder">The folder of the file; its <c>.local</c> is where components keep their data unless <c>--data</c> moves it.</param>
/// <param name="Warnings">What the file says in vain, each with file and line: the CLI passes over it without a word.</param>
public sealed record RunFile(string SourceFile, string Folder, IReadOnlyList<AppDefinition> Apps, IReadOnlyList<string> Warnings);

/// <summary>One app of the run file, with what it takes from <c>common</c>.</summary>
/// <param name="Folder">Where the app runs, and where relative paths of its components start.</param>
/// <param name="Protocol">http, https, h2c, grpc or grpcs.</param>
/// <param name="ChannelAddress">Empty unless given: the sidecar then finds the app on 127.0.0.1.</param>
/// <param name="Command">Program and arguments, no shell; empty where somebody else starts the app.</param>
/// <param name="Environment">The <c>env</c> of the file, which goes to the app only and overrides everything else.</param>
/// <param name="ConfigFile">A Configuration resource, null where there is none.</param>
public sealed record AppDefinition(
    string Id,
    string Folder,
    RequestedPorts Ports,
    string Protocol,
    string ChannelAddress,
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<string> ResourceFolders,
    string? ConfigFile,
    long MaxBodySizeBytes,
    int MaxConcurrency,
    AppHealthCheck? HealthCheck,
    LogDestination LogDestination);

/// <summary>Null asks for a free port; only an app without an app port has no app channel at all.</summary>
public sealed record RequestedPorts(int? App, int? Http, int? Grpc, int? Metrics);

/// <summary>Defaults of daprd: /healthz every 5 s, 500 ms to answer, unhealthy after 3 failures in a row.</summary>
public sealed record AppHealthCheck(string Path, TimeSpan Interval, TimeSpan Timeout, int Threshold);

/// <summary>Where the lines go that an app prints; the default is <see cref="FileAndConsole"/>.</summary>
[Flags]
public enum LogDestination
{
    None = 0,
    Console = 1,
    File = 2,
    FileAndConsole = Console | File,
}

/// <summary>A run file that nothing can be started from. One line per mistake, each naming file, line, and key or app.</summary>
public sealed class RunFileException(IReadOnlyList<string> mistakes) : Exception(string.Join(Environment.NewLine, mistakes))
{
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
