using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CloudNative.TestKit;

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
        var upstreamPort = FreePorts.Next();
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
            AddPeer("upstream", recording.Given, upstreamPort);
        foreach (var side in sides.Values.Where(side => side.AppPort is not null))
            AddPeer(side.Peer, side.Given, side.AppPort!.Value);
    }

    public string Data { get; }

    /// <summary>How many answers, deliveries and ends were compared with what was recorded.</summary>
    public int Compared { get; set; }

    public Placeholders Placeholders { get; } = new();

    public IReadOnlyDictionary<string, ScriptedPeer> Peers => peers;

    /// <exception cref="ReplayException">The recording sets up no such peer.</exception>
    public ScriptedPeer PeerOf(string name) => peers.GetValueOrDefault(name) ?? throw new ReplayException($"the replayer has no peer {name}");

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
        side.StartedAt = TimeProvider.System.GetTimestamp();
        side.HasListened = false;
        side.Process = new SidecarProcess(CommandLine(side), Environment(side), root);
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
                AddSide(one.Name, one.Value.GetProperty("app").GetBoolean(), one.Value.GetProperty("app").GetBoolean() ? "app" : one.Name, given);
        }
        else if (given.TryGetProperty("apps", out var apps))
        {
            foreach (var app in apps.EnumerateArray())
                AddSide(app.GetString()!, false, "app", given);
        }
        else
        {
            var id = given.TryGetProperty("app_id", out var own) ? own.GetString()! : FirstAddressee();
            AddSide(id, HasApp(given), PeerNameOf(given), given);
        }
        if (given.TryGetProperty("others", out var others))
        {
            foreach (var other in others.EnumerateArray())
                AddSide(other.GetProperty("app_id").GetString()!, HasApp(other), PeerNameOf(other), other);
        }
        foreach (var id in recording.Steps.Select(AddresseeOf).OfType<string>().Distinct().Where(id => !sides.ContainsKey(id)))
            AddSide(id, false, id, given);
    }

    private static bool HasApp(JsonElement given) => given.TryGetProperty("app", out _) || given.TryGetProperty("subscriptions", out _);

    private static string PeerNameOf(JsonElement given) => given.TryGetProperty("by", out var name) ? name.GetString()! : "app";

    private void AddSide(string id, bool hasApp, string peer, JsonElement given)
    {
        var side = new Side(id, FreePorts.Next(), FreePorts.Next(), hasApp ? FreePorts.Next() : null, peer, given);
        sides.Add(id, side);
        if (side.AppPort is { } port)
            Placeholders["<app-port>"] = $"{port}";
        Placeholders["<grpc-port>"] = $"{side.GrpcPort}";
    }

    private void AddPeer(string name, JsonElement given, int port) => peers.TryAdd(name, new ScriptedPeer(name, recording, given, Placeholders, port));

    /// <summary>Whether the first thing that the steps do with its port is to open it.</summary>
    private bool OpensLater(string peer) => recording.Steps
        .Select(step => step.TryGetProperty(peer, out var does) && does.ValueKind == JsonValueKind.String ? does.GetString()! : "")
        .FirstOrDefault(does => does.StartsWith("opens", StringComparison.Ordinal) || does.StartsWith("closes", StringComparison.Ordinal))
        ?.StartsWith("opens", StringComparison.Ordinal) == true;

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
        if (side.Given.TryGetProperty("config", out var config))
            await WriteAsync(ConfigOf(side), Placeholders.Fill(config.GetString()!), cancellationToken);
    }

    public string ResourcesOf(Side side) => Path.Combine(root, "resources-" + side.AppId);

    private string ConfigOf(Side side) => Path.Combine(root, $"config-{side.AppId}.yaml");

    private static List<string> ComponentsOf(Side side)
    {
        var given = side.Given;
        if (!given.TryGetProperty("components-" + side.AppId, out var components) && !given.TryGetProperty("components", out components))
            return [];
        if (components.ValueKind == JsonValueKind.Object && !components.TryGetProperty(side.AppId, out components))
            return [];
        return [.. components.EnumerateArray().Select(text => text.GetString()!)];
    }

    private Dictionary<string, string> Environment(Side side)
    {
        var given = side.Given;
        var environment = new Dictionary<string, string>();
        if (!given.TryGetProperty("env", out var recorded) && !given.TryGetProperty("environment", out recorded))
            return environment;
        foreach (var variable in recorded.EnumerateObject())
            environment[variable.Name] = Placeholders.Fill(variable.Value.GetString()!);
        return environment;
    }

    private List<string> CommandLine(Side side)
    {
        var given = side.Given;
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

    public static async Task<bool> IsUpAsync(Side side, string path, CancellationToken cancellationToken)
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
}
