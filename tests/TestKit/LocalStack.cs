using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace CloudNative.TestKit;

/// <summary>
/// A local runtime that a test starts as a process of its own, on free ports and a data folder of its own, kills and starts
/// again as it likes, and leaves without a trace.
/// </summary>
public sealed class LocalStack : IAsyncDisposable
{
    private static readonly TimeSpan _startDeadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan _stopDeadline = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<string> _arguments;
    private readonly StringBuilder _output = new();
    private Process? _host;

    private LocalStack(IReadOnlyList<string> arguments, string data)
    {
        _arguments = arguments;
        Data = data;
    }

    public string Data { get; }

    public RunDocument Run => RunDocument.Read(Path.Combine(Data, "run.json"));

    /// <summary>All the runtime wrote, to show when a test fails.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>
    /// Starts <c>Local.dll</c> in the repository's root with these arguments, <c>--data</c> and <c>--ports auto</c>, and waits for its line
    /// that begins with <paramref name="until"/>.
    /// </summary>
    public static async Task<LocalStack> StartAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, string until = "Ready")
    {
        var data = Directory.CreateTempSubdirectory("stack-").FullName;
        var stack = new LocalStack([.. arguments, "--data", data, "--ports", "auto"], data);
        try
        {
            await stack.StartHostAsync(until, cancellationToken);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the host once more on the same data; the one before must have ended.</summary>
    public async Task StartHostAsync(string until, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _host?.Dispose();
        _host = Process.Start(StartInfo()) ?? throw new InvalidOperationException("The local runtime did not start.");
        _host.OutputDataReceived += (_, line) => Note(line.Data, until, reached);
        _host.ErrorDataReceived += (_, line) => Note(line.Data, until, reached);
        _host.BeginOutputReadLine();
        _host.BeginErrorReadLine();
        var exited = _host.WaitForExitAsync(cancellationToken);
        var first = await Task.WhenAny(reached.Task, exited, Task.Delay(_startDeadline, TimeProvider.System, cancellationToken));
        if (first != reached.Task)
            throw new InvalidOperationException($"The local runtime {(_host.HasExited ? $"ended with code {_host.ExitCode}" : "is not ready in time")}:\n{Output}");
    }

    /// <summary>kill -9 of the host alone; its apps stay behind for the next start to end.</summary>
    public async Task KillHostAsync(CancellationToken cancellationToken)
    {
        _host!.Kill();
        await _host.WaitForExitAsync(cancellationToken);
    }

    /// <summary>kill -9 of one app's process; false where it does not run at the moment.</summary>
    public bool KillApp(string id)
    {
        var pid = Run[id].Pid;

        // An app between two starts has no process id, and signalling 0 would end this process and its whole group.
        if (pid <= 0)
            return false;
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>SIGTERM; the exit code of the host, or -1 when it had to be killed after 30 s.</summary>
    public async Task<int> StopAsync()
    {
        if (_host is null)
            return 0;
        if (!_host.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _host.Id.ToString(CultureInfo.InvariantCulture)]);
            using var deadline = new CancellationTokenSource(_stopDeadline);
            try
            {
                await _host.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                _host.Kill(entireProcessTree: true);
                return -1;
            }
        }

        return _host.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host?.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Repository.LocalRuntime);
        foreach (var argument in _arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    private void Note(string? line, string until, TaskCompletionSource reached)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
        if (line.StartsWith(until, StringComparison.Ordinal))
            reached.TrySetResult();
    }
}
