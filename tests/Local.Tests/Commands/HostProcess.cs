using System.Diagnostics;
using System.Threading.Channels;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Commands;

/// <summary>The local runtime as a process, on a run file of the test's own.</summary>
internal sealed class HostProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly string Program = typeof(LocalRun).Assembly.Location;

    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();

    private HostProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Pid => process.Id;

    public static HostProcess Start(string root, params string[] arguments) => new(Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments])
    {
        WorkingDirectory = root,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!);

    /// <summary>Runs to its end and says how that was.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string root, params string[] arguments)
    {
        using var host = Start(root, arguments);
        var code = await host.EndAsync();
        host.lines.Writer.TryComplete();
        return (code, string.Join('\n', await host.lines.Reader.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync()));
    }

    /// <summary>The next line that begins so.</summary>
    public async Task<string> UntilAsync(string start)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        var seen = new List<string>();
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(deadline.Token))
            {
                seen.Add(line);
                if (line.StartsWith(start, StringComparison.Ordinal))
                    return line;
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            // Told below, with what was there instead.
        }
        throw new TimeoutException($"no line '{start}' within {Deadline.TotalSeconds} s, but:\n{string.Join('\n', seen)}");
    }

    public async Task<int> TerminateAsync()
    {
        Apps.Signals.Send(process.Id, Apps.Signals.Terminate);
        return await EndAsync();
    }

    public async Task KillAsync()
    {
        process.Kill();
        await EndAsync();
    }

    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline, TimeProvider.System, TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lines.Writer.TryWrite(line);
    }
}

/// <summary>A folder with a run file, components and data; what is left running on the data is ended with it.</summary>
internal sealed class RunFolder : IAsyncDisposable
{
    private readonly Resources.ScratchFolder folder = new();

    public RunFolder()
    {
        folder.Folder("services/orders");
        folder.Folder("services/search");
        folder.Write("components/things.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: things}\nspec: {type: state.in-memory, version: v1}\n");
    }

    public string Root => folder.Root;

    public string Data => Path.Combine(Root, ".local");

    public string Write(string name, string text) => folder.Write(name, text);

    public string Read(string name) => File.ReadAllText(Path.Combine(Root, name));

    public bool Has(string name) => File.Exists(Path.Combine(Root, name));

    /// <summary>A run file of one app, orders, that runs this shell script.</summary>
    public void RunsScript(string script, string more = "") => Write("dapr.yaml", $"""
        version: 1
        common: {"{"}resourcesPaths: [./components]{"}"}
        apps:
        - appID: orders
          appDirPath: ./services/orders
          command: ["sh", "-c", {System.Text.Json.JsonSerializer.Serialize(script)}]
        {more}
        """);

    public RunRecord Record => RunRecord.Read(Data).ShouldNotBeNull();

    public async ValueTask DisposeAsync()
    {
        if (RunRecord.Read(Data) is { } record)
            await Apps.ProcessEnding.EndAsync(record.LeftBehind(), TimeProvider.System);
        folder.Dispose();
    }
}
