using System.ComponentModel;
using System.Diagnostics;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Apps;

/// <summary>One run of an app's command. It leads a process group of its own where the system has <c>setsid</c>, so that nothing it starts stays behind.</summary>
internal sealed class AppProcess : IDisposable
{
    private static readonly string? GroupLauncher = OnPath("setsid", "");

    private readonly Process process;
    private readonly Task output;

    private AppProcess(Process process, Task<int> exited, AppLog log)
    {
        this.process = process;
        Exited = exited;
        Identity = ProcessIdentity.Of(process.Id);
        output = Task.WhenAll(CopyAsync(process.StandardOutput, log), CopyAsync(process.StandardError, log));
    }

    /// <summary>The exit code; 128 and the signal's number where a signal ended it.</summary>
    public Task<int> Exited { get; }

    /// <summary>Null where it had ended before it could be looked at.</summary>
    public ProcessIdentity? Identity { get; }

    /// <exception cref="Win32Exception">There is no such program, or it cannot be executed.</exception>
    public static AppProcess Start(AppDefinition app, AssignedPorts ports, AppLog log)
    {
        var process = new Process { StartInfo = StartInfo(app, ports), EnableRaisingEvents = true };
        var exited = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => exited.TrySetResult(process.ExitCode);
        process.Start();
        process.StandardInput.Close();
        return new AppProcess(process, exited.Task, log);
    }

    /// <summary>
    /// Ends it, the process that listens for it (which a shell may have started), and at last whatever is left in its group. What was
    /// printed is in the log then.
    /// </summary>
    public async Task EndAsync(int? listeningPid, TimeProvider time)
    {
        var listening = listeningPid is { } pid ? ProcessIdentity.Of(pid) : null;
        await ProcessEnding.EndAsync(new AppProcesses(Identity, listening), time);
        if (GroupLauncher is not null)
            Signals.Send(-process.Id, Signals.Kill);
        await Task.WhenAny(output, Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None));
    }

    public void Dispose() => process.Dispose();

    private static ProcessStartInfo StartInfo(AppDefinition app, AssignedPorts ports)
    {
        var program = OnPath(app.Command[0], app.Folder)
            ?? throw new Win32Exception($"there is no program '{app.Command[0]}': correct the command, or build it first");
        var start = new ProcessStartInfo(GroupLauncher ?? program)
        {
            WorkingDirectory = app.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (GroupLauncher is not null)
            start.ArgumentList.Add(program);
        foreach (var argument in app.Command.Skip(1))
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in AppEnvironment.Of(app, ports))
            start.Environment[name] = value;
        return start;
    }

    private static string? OnPath(string program, string folder) => program.Contains('/', StringComparison.Ordinal)
        ? Path.GetFullPath(program, folder) is var path && File.Exists(path) ? path : null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    private static async Task CopyAsync(StreamReader from, AppLog log)
    {
        try
        {
            while (await from.ReadLineAsync(CancellationToken.None) is { } line)
                log.Write(line);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The pipe ended with its process.
        }
    }
}
