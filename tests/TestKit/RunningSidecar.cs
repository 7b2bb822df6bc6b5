using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace CloudNative.TestKit;

/// <summary>
/// One sidecar as a process of its own with the components a test gives it: that of the local runtime, or what
/// <c>SIDECAR_COMMAND</c> names, a daprd for instance. In the command {app-id} {http} {grpc} {app-port} {resources} are filled in.
/// </summary>
public sealed class RunningSidecar : IAsyncDisposable
{
    private static readonly TimeSpan _startDeadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private RunningSidecar(string appId, string folder)
    {
        Folder = folder;
        (HttpPort, GrpcPort, AppPort) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        _process = new Process { StartInfo = StartInfo(appId) };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
    }

    /// <summary>Empty at the start; where the test's files go.</summary>
    public string Folder { get; }

    public int HttpPort { get; }

    public int GrpcPort { get; }

    /// <summary>Where the sidecar looks for its app.</summary>
    public int AppPort { get; }

    /// <summary>What a service reads of its environment to find this sidecar, as command-line settings.</summary>
    public IReadOnlyList<string> Settings => [$"--DAPR_HTTP_PORT={HttpPort}", $"--DAPR_GRPC_PORT={GrpcPort}", $"--APP_PORT={AppPort}"];

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <param name="components">YAML texts; {folder} stands for <see cref="Folder"/>.</param>
    /// <returns>A sidecar whose outbound side is ready.</returns>
    public static async Task<RunningSidecar> StartAsync(string appId, IEnumerable<string> components, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("sidecar-").FullName;
        var resources = Directory.CreateDirectory(Path.Combine(folder, "components")).FullName;
        foreach (var (index, yaml) in components.Index())
            await File.WriteAllTextAsync(Path.Combine(resources, $"{index}.yaml"), yaml.Replace("{folder}", folder, StringComparison.Ordinal), cancellationToken);
        var sidecar = new RunningSidecar(appId, folder);
        try
        {
            sidecar._process.Start();
            sidecar._process.BeginOutputReadLine();
            sidecar._process.BeginErrorReadLine();
            await sidecar.WaitUntilReadyAsync(cancellationToken);
            return sidecar;
        }
        catch
        {
            await sidecar.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_startDeadline);
        while (!await IsReadyAsync(http, deadline.Token))
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"The sidecar ended with code {_process.ExitCode}:\n{Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }
    }

    private async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync($"http://127.0.0.1:{HttpPort}/v1.0/healthz/outbound", cancellationToken);
            return answer.StatusCode is HttpStatusCode.NoContent;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private ProcessStartInfo StartInfo(string appId)
    {
        var command = Environment.GetEnvironmentVariable("SIDECAR_COMMAND")
            ?? $"dotnet {Repository.LocalRuntime} sidecar --app-id {{app-id}} --http-port {{http}} --grpc-port {{grpc}} --app-port {{app-port}} --resources {{resources}}";
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word
            .Replace("{app-id}", appId, StringComparison.Ordinal)
            .Replace("{http}", Text(HttpPort), StringComparison.Ordinal)
            .Replace("{grpc}", Text(GrpcPort), StringComparison.Ordinal)
            .Replace("{app-port}", Text(AppPort), StringComparison.Ordinal)
            .Replace("{resources}", Path.Combine(Folder, "components"), StringComparison.Ordinal)).ToList();
        return new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private void Note(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }
}
