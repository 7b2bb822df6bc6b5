using System.Net;
using System.Net.Sockets;

namespace CloudNative.Local.RunFiles;

/// <summary>The ports an app and its sidecar really use.</summary>
public sealed record AssignedPorts(int? App, int Http, int Grpc, int Metrics);

/// <param name="Problem">Words for the user, with app, key and port.</param>
public sealed record PortGivenTwice(string AppId, string Problem);

/// <summary>Gives out ports: those asked for where they are free, else free ones.</summary>
public static class Ports
{
    /// <summary>The ports of the run file.</summary>
    /// <param name="attached">Ids of apps that may listen already.</param>
    /// <param name="holder">Words about who listens on a port, for the message; null where that is not known.</param>
    /// <exception cref="RunFileException">Ports in use, each with app and key.</exception>
    public static IReadOnlyDictionary<string, AssignedPorts> Assign(IReadOnlyList<AppDefinition> apps, IReadOnlySet<string> attached, Func<int, string?> holder)
    {
        var taken = apps.SelectMany(app => Taken(app, attached.Contains(app.Id), holder)).ToList();
        if (taken.Count > 0)
            throw new RunFileException(taken);
        using var free = new FreePorts(apps.SelectMany(app => Named(app.Ports)).Select(named => named.Port));
        return apps.ToDictionary(app => app.Id, app => new AssignedPorts(
            app.Ports.App, app.Ports.Http ?? free.Next(), app.Ports.Grpc ?? free.Next(), app.Ports.Metrics ?? free.Next()));
    }

    /// <summary>
    /// Pays no heed to the numbers of the run file, so that another run on this machine does not matter. Where the last run on the same data
    /// had ports that are still free it keeps them, and an attached app keeps its port in any case: it may be running all the while.
    /// </summary>
    public static IReadOnlyDictionary<string, AssignedPorts> AssignFree(IReadOnlyList<AppDefinition> apps, IReadOnlySet<string> attached, RunRecord? last)
    {
        using var free = new FreePorts([]);
        return apps.ToDictionary(app => app.Id, app =>
        {
            var before = last?.Apps.FirstOrDefault(known => known.Id == app.Id);
            var port = attached.Contains(app.Id) ? PortOf(before?.Address) ?? free.Next() : free.NextOr(PortOf(before?.Address));
            return new AssignedPorts(app.Ports.App is null ? null : port, free.NextOr(PortOf(before?.Http)), free.NextOr(PortOf(before?.Grpc)), free.Next());
        });
    }

    /// <summary>The first app whose sidecar wants a port that the sidecar of an app before it has; null where there is none.</summary>
    public static PortGivenTwice? FirstTwice(IEnumerable<AppDefinition> apps)
    {
        var owners = new Dictionary<int, string>();
        foreach (var app in apps)
        {
            foreach (var (key, port) in Named(app.Ports with { App = null }))
            {
                if (!owners.TryAdd(port, $"{key} of app '{app.Id}'"))
                    return new PortGivenTwice(app.Id, $"app '{app.Id}': {key} {port} is already the {owners[port]}: give one of them another port");
            }
        }
        return null;
    }

    public static int? PortOf(string? address) => address is null ? null : new Uri(address).Port;

    /// <summary>Whether a listener could be opened on the port, on whatever address.</summary>
    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>One port that is free at the moment: the wished one where it is.</summary>
    public static int OneFree(int? wished)
    {
        using var free = new FreePorts([]);
        return free.NextOr(wished);
    }

    private static IEnumerable<string> Taken(AppDefinition app, bool isAttached, Func<int, string?> holder) => Named(app.Ports)
        .Where(named => !(isAttached && named.Key == "appPort") && !IsFree(named.Port))
        .Select(named => $"app '{app.Id}': {named.Key} {named.Port} is in use{(holder(named.Port) is { } who ? $" by {who}" : "")}: "
            + "end what listens there, change the run file, or start with --ports auto");

    private static IEnumerable<(string Key, int Port)> Named(RequestedPorts ports) =>
        new[] { ("appPort", ports.App), ("daprHTTPPort", ports.Http), ("daprGRPCPort", ports.Grpc), ("metricsPort", ports.Metrics) }
            .Where(named => named.Item2 is not null)
            .Select(named => (named.Item1, named.Item2!.Value));

    /// <summary>Holds on to each port it gave until disposed, so that none is given twice.</summary>
    private sealed class FreePorts(IEnumerable<int> except) : IDisposable
    {
        private readonly HashSet<int> given = [.. except];
        private readonly List<Socket> held = [];

        public int NextOr(int? wished) => wished is { } port && !given.Contains(port) && IsFree(port) && given.Add(port) ? port : Next();

        public int Next()
        {
            while (true)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                held.Add(socket);
                if (TryBind(socket) && ((IPEndPoint)socket.LocalEndPoint!).Port is var port && given.Add(port))
                    return port;
            }
        }

        // Where outgoing connections take their ports (from 32768 on Linux) one could be gone again before the app listens.
        private static bool TryBind(Socket socket)
        {
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, Random.Shared.Next(12_000, 32_000)));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }

        public void Dispose() => held.ForEach(socket => socket.Dispose());
    }
}
