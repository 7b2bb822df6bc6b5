using System.Globalization;

namespace CloudNative.Local.RunFiles;

/// <summary>Merges one app of the run file with <c>common</c>: what the app leaves empty it takes from there.</summary>
internal sealed class AppDefinitionReader(RunFileSection common, string runFileFolder, string home)
{
    private static readonly HashSet<string> Protocols = ["http", "https", "h2c", "grpc", "grpcs"];

    /// <summary>Notes what does not exist, whether an app takes it from there or not.</summary>
    public void CheckCommon()
    {
        Folders(common, runFileFolder);
        ConfigFile(common, runFileFolder, out _);
        RuntimePath(common, runFileFolder);
    }

    public AppDefinition? Read(RunFileSection app)
    {
        if (Folder(app) is not { } folder)
            return null;
        RuntimePath(app, folder);
        var id = app.Text("appID") ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        return new AppDefinition(
            id,
            folder,
            new RequestedPorts(Port(app, "appPort"), Port(app, "daprHTTPPort"), Port(app, "daprGRPCPort"), Port(app, "metricsPort")),
            Protocol(app),
            app.Text("appChannelAddress") ?? "",
            app.List("command"),
            Environment(app),
            ResourceFolders(app, folder),
            ConfigFile(app, folder),
            MaxBodySize(app),
            app.Number("appMaxConcurrency") ?? common.Number("appMaxConcurrency") ?? -1,
            HealthCheck(app),
            Destination(app));
    }

    private string? Folder(RunFileSection app)
    {
        if (app.Text("appDirPath") is not { } written)
        {
            app.Note("appDirPath", "the required key 'appDirPath' is missing: name the folder the app runs in");
            return null;
        }
        var folder = Absolute(written, runFileFolder);
        if (Directory.Exists(folder))
            return folder;
        app.Note("appDirPath", $"the folder {folder} does not exist: correct 'appDirPath', or create it");
        return null;
    }

    private static int? Port(RunFileSection app, string key)
    {
        if (app.Number(key) is not ({ } port and > 0))
            return null;
        if (port > 65535)
            app.Note(key, $"'{key}' {port} is no port: use 1 to 65535, or leave it out for a free one");
        return port;
    }

    private string Protocol(RunFileSection app)
    {
        var protocol = app.Text("appProtocol") ?? common.Text("appProtocol") ?? "http";
        if (!Protocols.Contains(protocol))
            (app.Has("appProtocol") ? app : common).Note("appProtocol", $"appProtocol '{protocol}' is unknown: use {string.Join(", ", Protocols)}");
        return app.Flag("appSSL") || common.Flag("appSSL") ? protocol switch { "http" => "https", "grpc" => "grpcs", _ => protocol } : protocol;
    }

    private Dictionary<string, string> Environment(RunFileSection app)
    {
        var environment = new Dictionary<string, string>(common.Map("env"));
        foreach (var (name, value) in app.Map("env"))
            environment[name] = value;
        return environment;
    }

    // The first place that has any wins; the two keys of one place are both read.
    private IReadOnlyList<string> ResourceFolders(RunFileSection app, string folder)
    {
        if (Folders(app, folder) is { Count: > 0 } own)
            return own;
        if (Path.Combine(folder, ".dapr", "resources") is var hidden && Directory.Exists(hidden))
            return [hidden];
        if (Folders(common, runFileFolder) is { Count: > 0 } shared)
            return shared;
        return Path.Combine(home, ".dapr", "components") is var installed && Directory.Exists(installed) ? [installed] : [];
    }

    private List<string> Folders(RunFileSection section, string from)
    {
        var folders = section.List("resourcesPaths").Prepend(section.Text("resourcesPath") ?? "").Where(path => path.Length > 0).Select(path => Absolute(path, from)).Distinct().ToList();
        foreach (var missing in folders.Where(path => !Directory.Exists(path)))
            section.Note(section.Has("resourcesPaths") ? "resourcesPaths" : "resourcesPath", $"the resources folder {missing} does not exist");
        return folders;
    }

    private string? ConfigFile(RunFileSection app, string folder)
    {
        if (ConfigFile(app, from: folder, out var own))
            return own;
        if (Path.Combine(folder, ".dapr", "config.yaml") is var hidden && File.Exists(hidden))
            return hidden;
        if (ConfigFile(common, from: runFileFolder, out var shared))
            return shared;
        return Path.Combine(home, ".dapr", "config.yaml") is var installed && File.Exists(installed) ? installed : null;
    }

    private bool ConfigFile(RunFileSection section, string from, out string? file)
    {
        file = section.Text("configFilePath") is { } written ? Absolute(written, from) : null;
        if (file is not null && !File.Exists(file))
            section.Note("configFilePath", $"the configuration file {file} does not exist");
        return file is not null;
    }

    // Of no use here, but the CLI ends where it does not exist.
    private void RuntimePath(RunFileSection section, string from)
    {
        if (section.Text("runtimePath") is { } written && Absolute(written, from) is var path && !Path.Exists(path))
            section.Note("runtimePath", $"the folder {path} does not exist: leave 'runtimePath' out");
    }

    private long MaxBodySize(RunFileSection app)
    {
        var section = app.Text("maxBodySize") is null ? common : app;
        if (section.Text("maxBodySize") is not { } written)
            return 4 << 20;
        if (Quantity.Parse(written) is { } bytes)
            return bytes;
        section.Note("maxBodySize", $"maxBodySize '{written}' is no size: write it as 4Mi, 16Mi or a number of bytes");
        return 0;
    }

    private AppHealthCheck? HealthCheck(RunFileSection app)
    {
        if (!app.Flag("enableAppHealthCheck") && !common.Flag("enableAppHealthCheck"))
            return null;
        int Number(string key, int otherwise) => app.Number(key) ?? common.Number(key) ?? otherwise;
        return new AppHealthCheck(
            app.Text("appHealthCheckPath") ?? common.Text("appHealthCheckPath") ?? "/healthz",
            TimeSpan.FromSeconds(Number("appHealthProbeInterval", 5)),
            TimeSpan.FromMilliseconds(Number("appHealthProbeTimeout", 500)),
            Number("appHealthThreshold", 3));
    }

    private LogDestination Destination(RunFileSection app)
    {
        Destination(app, "daprdLogDestination");
        return Destination(app, "appLogDestination");
    }

    private LogDestination Destination(RunFileSection app, string key)
    {
        var section = app.Text(key) is null ? common : app;
        switch (section.Text(key))
        {
            case null or "fileAndConsole": return LogDestination.FileAndConsole;
            case "file": return LogDestination.File;
            case "console": return LogDestination.Console;
            case var other:
                section.Note(key, $"{key} '{other}' is unknown: use console, file or fileAndConsole");
                return LogDestination.None;
        }
    }

    private string Absolute(string path, string from) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? Path.GetFullPath(path[1..].TrimStart('/'), home) : Path.GetFullPath(path, from);
}

/// <summary>Sizes as Kubernetes writes them: 4Mi, 500K, 1048576.</summary>
internal static class Quantity
{
    private static readonly (string Suffix, long Factor)[] Suffixes =
        [("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("k", 1_000), ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("", 1)];

    public static long? Parse(string text)
    {
        var (suffix, factor) = Suffixes.First(pair => text.EndsWith(pair.Suffix, StringComparison.Ordinal));
        return long.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0 && number <= long.MaxValue / factor
                ? number * factor
                : null;
    }
}
