using System.Diagnostics;
using System.Text;

namespace CloudNative.Conformance;

/// <summary>One run of the runtime under test.</summary>
internal sealed class SidecarProcess : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder log = new();

    public SidecarProcess(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string folder)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var word in command.Skip(1))
            start.ArgumentList.Add(word);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public bool HasEnded => process.HasExited;

    public string Log
    {
        get
        {
            lock (log)
                return log.ToString();
        }
    }

    public string LastLine => Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("") is { Length: > 300 } line ? line[..300] : Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("");

    /// <summary>Null where it did not end in time.</summary>
    public async Task<int?> ExitCodeAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        try
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(within, TimeProvider.System, cancellationToken);
            return process.ExitCode;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public void Kill()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    /// <param name="name">As kill takes it, e.g. SIGTERM.</param>
    public async Task SignalAsync(string name, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-s", name["SIG".Length..], process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    private void Note(string? line)
    {
        lock (log)
            log.AppendLine(line);
    }
}
