using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Microsoft.Extensions.Options;

namespace CloudNative.ThingsBff.GraphiQL;

/// <summary>
/// Gets GraphiQL from the npm registry once, in the background and at the lowest priority. Whatever goes wrong, the service
/// serves its plain page and the next start tries again. No script of any package is run.
/// </summary>
internal sealed partial class GraphiQLInstaller(
    GraphiQLFiles files, IOptions<GraphiQLOptions> options, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<GraphiQLInstaller> logger)
    : BackgroundService
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Install || files.AreThere)
            return;
        try
        {
            await StartedAsync(stoppingToken);
            using var deadline = new CancellationTokenSource(Deadline, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, deadline.Token);
            await InstallAsync(either.Token);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or Win32Exception or InvalidDataException or OperationCanceledException)
        {
            var cause = failure.GetType().Name;
            LogNotInstalled(cause);
        }
    }

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }

    private async Task InstallAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(files.Root);
        // Another process that holds the lock is doing the same; opening then fails with an IOException.
        await using var held = new FileStream(
            Path.Combine(files.Root, "install.lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        if (files.AreThere)
            return;
        var work = Path.Combine(files.Root, "unfinished");
        if (Directory.Exists(work))
            Directory.Delete(work, recursive: true);
        Directory.CreateDirectory(work);

        await PackAsync(work, cancellationToken);
        foreach (var package in GraphiQLFiles.Packages)
            await UnpackAsync(work, package, cancellationToken);
        Directory.Move(work, files.Installed);
        LogInstalled(files.Installed);
    }

    private static async Task PackAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["pack", "--ignore-scripts", "--silent", .. GraphiQLFiles.Packages.Select(package => $"{package.Name}@{package.Version}")])
            start.ArgumentList.Add(argument);

        using var npm = Process.Start(start)!;
        try
        {
            StandBack(npm);
            await Task.WhenAll(
                npm.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken),
                npm.StandardError.BaseStream.CopyToAsync(Stream.Null, cancellationToken));
            await npm.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            npm.Kill(entireProcessTree: true);
            throw;
        }

        if (npm.ExitCode != 0)
            throw new IOException($"npm ended with {npm.ExitCode}.");
    }

    private static void StandBack(Process npm)
    {
        try
        {
            npm.PriorityClass = ProcessPriorityClass.Idle;
        }
        catch (Exception unchanged) when (unchanged is InvalidOperationException or Win32Exception)
        {
            // It has ended already, or the system does not let us: it runs as it is.
            return;
        }
    }

    private static async Task UnpackAsync(string folder, GraphiQLPackage package, CancellationToken cancellationToken)
    {
        var missing = package.Files.ToDictionary(file => "package/" + file, Path.GetFileName);
        var archivePath = Path.Combine(folder, package.Archive);
        await using (var archive = new GZipStream(File.OpenRead(archivePath), CompressionMode.Decompress))
        await using (var entries = new TarReader(archive))
        {
            while (missing.Count > 0 && await entries.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                if (missing.Remove(entry.Name, out var name))
                    await entry.ExtractToFileAsync(Path.Combine(folder, name!), overwrite: true, cancellationToken);
            }
        }

        File.Delete(archivePath);
        if (missing.Count > 0)
            throw new InvalidDataException("The package lacks a file.");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "GraphiQL is in {Folder}")]
    private partial void LogInstalled(string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "GraphiQL was not installed ({Cause}); the plain page is served")]
    private partial void LogNotInstalled(string cause);
}
