using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace CloudNative.Conformance;

/// <summary>What a recording needs around the runtime: folders, ports, peers, and the sidecars themselves.</summary>
internal sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(25);

    private readonly Recording recording;
    private readonly string command;
    private readonly string root = Directory.CreateTempSubdirectory("conformance-").FullName;
    private readonly Dictionary<string, Side> sides = [];
    private readonly Dictionary<string, ScriptedPeer> peers = [];
    private readonly List<TcpListener> taken = [];

    public World(Recording recording, string command)
    {
        this.recording = recording;
        this.command = command;
        Data = Path.Combine(root, "data");
        Directory.CreateDirectory(Data);
        Placeholders["<data>"] = Data;
        var upstreamPort = FreePort();
        Placeholders["<upstream-port>"] = $"{upstreamPort}";
        if (recording.Given.TryGetProperty("listening", out _))
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            taken.Add(listener);
            Placeholders["<taken-port>"] = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
        }
        AddSides();
        if (recording.Given.TryGetProperty("upstream", out _) || recording.Steps.Any(step => IsBy(step, "upstream")))
            AddPeer("upstream", upstreamPort);
        foreach (var side in sides.Values.Where(side => side.AppPort is not null))
            AddPeer(side.Peer, side.AppPort!.Value);
    }

    public string Data { get; }

    /// <summary>How many answers, deliveries and ends were compared with what was recorded.</summary>
    public int Compared { get; set; }

    public Placeholders Placeholders { get; } = new();

    public IReadOnlyDictionary<string, ScriptedPeer> Peers => peers;

    public Side SideOf(string? id) => id is null ? sides.Values.First() : sides[id];

    /// <summary>Writes the files, opens the peers' ports and, unless a step does, starts the sidecars.</summary>
    /// <returns>Why a sidecar did not come up; null where all did.</returns>
    public async Task<string?> SetUpAsync(CancellationToken cancellationToken)
    {
        var given = recording.Given;
        if (given.TryGetProperty("files", out var files))
        {
            foreach (var file in files.EnumerateObject())
                await WriteAsync(Placeholders.Fill(file.Name), Placeholders.Fill(file.Value.GetString()!), cancellationToken);
        }
        if (given.TryGetProperty("before", out var before))
            Sqlite.Execute(Placeholders.Fill(before.GetProperty("sqlite").GetString()!), before.GetProperty("sql"));
        foreach (var peer in peers.Values.Where(peer => peer.Name == "upstream" || !OpensLater(peer.Name)))
            peer.Open();
        if (recording.Steps.Any(step => step.TryGetProperty("start", out _)))
            return null;
        foreach (var side in sides.Values)
        {
            if (await StartAsync(side, ready: true, cancellationToken) is { } failure)
                return failure;
        }
        return null;
    }

    public async Task<string?> StartAsync(Side side, bool ready, CancellationToken cancellationToken)
    {
        await WriteResourcesAsync(side, cancellationToken);
        side.Process = new SidecarProcess(CommandLine(side), Environment(), root);
        return ready ? await ReadyAsync(side, cancellationToken) : null;
    }

    public string LogsOfSidecars() => string.Join('\n', sides.Values.Select(side => side.Process?.Log));

    public async ValueTask DisposeAsync()
    {
        foreach (var side in sides.Values)
            side.Process?.Dispose();
        foreach (var peer in peers.Values)
            await peer.DisposeAsync();
        foreach (var listener in taken)
            listener.Dispose();
        Directory.Delete(root, recursive: true);
    }

    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text, cancellationToken);
    }

    private void AddSides()
    {
        var given = recording.Given;
        if (given.TryGetProperty("sidecars", out var several))
        {
            foreach (var one in several.EnumerateObject())
                AddSide(one.Name, one.Value.GetProperty("app").GetBoolean(), one.Value.GetProperty("app").GetBoolean() ? "app" : one.Name);
        }
        else if (given.TryGetProperty("apps", out var apps))
        {
            foreach (var app in apps.EnumerateArray())
                AddSide(app.GetString()!, false, "app");
        }
        else
        {
            var id = given.TryGetProperty("app_id", out var own) ? own.GetString()! : FirstAddressee();
            AddSide(id, given.TryGetProperty("app", out _) || given.TryGetProperty("subscriptions", out _), "app");
        }
        foreach (var id in recording.Steps.Select(AddresseeOf).OfType<string>().Distinct().Where(id => !sides.ContainsKey(id)))
            AddSide(id, false, id);
    }

    private void AddSide(string id, bool hasApp, string peer)
    {
        var side = new Side(id, FreePort(), FreePort(), hasApp ? FreePort() : null, peer);
        sides.Add(id, side);
        if (side.AppPort is { } port)
            Placeholders["<app-port>"] = $"{port}";
        Placeholders["<grpc-port>"] = $"{side.GrpcPort}";
    }

    private void AddPeer(string name, int port) => peers.TryAdd(name, new ScriptedPeer(name, recording, Placeholders, port));

    private bool OpensLater(string peer) =>
        recording.Steps.Any(step => step.TryGetProperty(peer, out var does) && does.ValueKind == JsonValueKind.String && does.GetString() == "opens its port")
        && recording.Given.TryGetProperty("app", out var words) && words.GetString()!.Contains("closed", StringComparison.Ordinal);

    private string FirstAddressee() => recording.Steps.Select(AddresseeOf).OfType<string>().FirstOrDefault("things-bff");

    private static string? AddresseeOf(JsonElement step)
    {
        if (step.TryGetProperty("send", out var send) && send.TryGetProperty("to", out var to))
            return to.GetString();
        return step.TryGetProperty("start", out var start) ? start.GetString() : null;
    }

    private static bool IsBy(JsonElement step, string peer) =>
        step.TryGetProperty("received", out var received) && received.GetProperty("by").GetString() == peer;

    private async Task WriteResourcesAsync(Side side, CancellationToken cancellationToken)
    {
        var folder = ResourcesOf(side);
        if (Directory.Exists(folder))
            return;
        Directory.CreateDirectory(folder);
        foreach (var (index, text) in ComponentsOf(side).Index())
            await WriteAsync(Path.Combine(folder, $"{index:00}.yaml"), Placeholders.Fill(text), cancellationToken);
        if (recording.Given.TryGetProperty("config", out var config))
            await WriteAsync(ConfigOf(side), Placeholders.Fill(config.GetString()!), cancellationToken);
    }

    public string ResourcesOf(Side side) => Path.Combine(root, "resources-" + side.AppId);

    private string ConfigOf(Side side) => Path.Combine(root, $"config-{side.AppId}.yaml");

    private List<string> ComponentsOf(Side side)
    {
        var given = recording.Given;
        if (!given.TryGetProperty("components-" + side.AppId, out var components) && !given.TryGetProperty("components", out components))
            return [];
        if (components.ValueKind == JsonValueKind.Object && !components.TryGetProperty(side.AppId, out components))
            return [];
        return [.. components.EnumerateArray().Select(text => text.GetString()!)];
    }

    private Dictionary<string, string> Environment()
    {
        var given = recording.Given;
        var environment = new Dictionary<string, string>();
        if (!given.TryGetProperty("env", out var recorded) && !given.TryGetProperty("environment", out recorded))
            return environment;
        foreach (var variable in recorded.EnumerateObject())
            environment[variable.Name] = Placeholders.Fill(variable.Value.GetString()!);
        return environment;
    }

    private List<string> CommandLine(Side side)
    {
        var given = recording.Given;
        var words = new List<string>();
        foreach (var word in command.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == "{args}")
            {
                words.AddRange(ArgumentsOf(given, side));
                continue;
            }
            if ((word.Contains("{app-port}", StringComparison.Ordinal) && side.AppPort is null)
                || (word.Contains("{config}", StringComparison.Ordinal) && !given.TryGetProperty("config", out _)))
            {
                if (words.Count > 0 && words[^1].StartsWith('-') && !word.StartsWith('-'))
                    words.RemoveAt(words.Count - 1);
                continue;
            }
            words.Add(word
                .Replace("{app-id}", side.AppId, StringComparison.Ordinal)
                .Replace("{http}", $"{side.HttpPort}", StringComparison.Ordinal)
                .Replace("{grpc}", $"{side.GrpcPort}", StringComparison.Ordinal)
                .Replace("{app-port}", $"{side.AppPort}", StringComparison.Ordinal)
                .Replace("{resources}", ResourcesOf(side), StringComparison.Ordinal)
                .Replace("{config}", ConfigOf(side), StringComparison.Ordinal));
        }
        return words;
    }

    private IEnumerable<string> ArgumentsOf(JsonElement given, Side side)
    {
        if (given.TryGetProperty("app protocol", out var protocol))
            yield return $"--app-protocol={protocol.GetString()}";
        if (given.TryGetProperty("args-" + side.AppId, out var args) || given.TryGetProperty("args", out args) || given.TryGetProperty("daprd_arguments", out args))
        {
            foreach (var word in args.EnumerateArray())
                yield return Placeholders.Fill(word.GetString()!);
        }
    }

    private async Task<string?> ReadyAsync(Side side, CancellationToken cancellationToken)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        var listens = side.AppPort is not null && !OpensLater(side.Peer);
        while (TimeProvider.System.GetElapsedTime(deadline) < ReadyWithin)
        {
            if (side.Process!.HasEnded)
                return $"{side.AppId} ended at the start: {side.Process.LastLine}";
            if (await IsUpAsync(side, "/v1.0/healthz/outbound", cancellationToken) && (!listens || await IsUpAsync(side, "/v1.0/healthz", cancellationToken)))
                return null;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }
        return $"{side.AppId} was not ready in {ReadyWithin.TotalSeconds} s: {side.Process!.LastLine}";
    }

    private static async Task<bool> IsUpAsync(Side side, string path, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await HttpCall.SendAsync(side.HttpPort, $"GET {path}", [], [], cancellationToken);
            return answer?.FirstLine.Contains(" 204", StringComparison.Ordinal) == true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>One sidecar and where it listens.</summary>
/// <param name="Peer">The name of its app in the steps.</param>
internal sealed record Side(string AppId, int HttpPort, int GrpcPort, int? AppPort, string Peer)
{
    public SidecarProcess? Process { get; set; }
}
