using System.Net;
using System.Net.Sockets;

namespace CloudNative.Local.RunFiles;

/// <summary>The ports an app and its sidecar really use.</summary>
public sealed record AssignedPorts(int? App, int Http, int Grpc, int Metrics);

/// <summary>Gives out ports: those asked for where they are free, else free ones.</summary>
public static class Ports
{
    /// <param name="automatic">Pay no heed to the numbers asked for, so that another run on this machine does not matter.</param>
    /// <param name="holder">Words about who listens on a port, for the message; null where that is not known.</param>
    /// <exception cref="RunFileException">Ports in use, each with app and key.</exception>
    public static IReadOnlyDictionary<string, AssignedPorts> Assign(IReadOnlyList<AppDefinition> apps, bool automatic, Func<int, string?> holder)
    {
        var requested = apps.Select(app => (app.Id, Ports: automatic ? Automatic(app.Ports) : app.Ports)).ToList();
        var taken = requested.SelectMany(app => Taken(app.Id, app.Ports, holder)).ToList();
        if (taken.Count > 0)
            throw new RunFileException(taken);
        var asked = requested.SelectMany(app => Named(app.Ports)).Select(named => named.Port).ToHashSet();
        using var free = new FreePorts(asked);
        return requested.ToDictionary(app => app.Id, app => new AssignedPorts(
            app.Ports.App is 0 ? free.Next() : app.Ports.App,
            app.Ports.Http ?? free.Next(),
            app.Ports.Grpc ?? free.Next(),
            app.Ports.Metrics ?? free.Next()));
    }

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

    /// <summary>One port that is free at the moment.</summary>
    public static int OneFree()
    {
        using var free = new FreePorts([]);
        return free.Next();
    }

    private static RequestedPorts Automatic(RequestedPorts ports) => new(ports.App is null ? null : 0, null, null, null);

    private static IEnumerable<string> Taken(string app, RequestedPorts ports, Func<int, string?> holder) => Named(ports)
        .Where(named => named.Port > 0 && !IsFree(named.Port))
        .Select(named => $"app '{app}': {named.Key} {named.Port} is in use{(holder(named.Port) is { } who ? $" by {who}" : "")}: "
            + "end what listens there, change the run file, or start with --ports auto");

    private static IEnumerable<(string Key, int Port)> Named(RequestedPorts ports) =>
        new[] { ("appPort", ports.App), ("daprHTTPPort", ports.Http), ("daprGRPCPort", ports.Grpc), ("metricsPort", ports.Metrics) }
            .Where(named => named.Item2 is not null)
            .Select(named => (named.Item1, named.Item2!.Value));

    /// <summary>Holds on to each port it gave until disposed, so that none is given twice.</summary>
    private sealed class FreePorts(IReadOnlySet<int> except) : IDisposable
    {
        private readonly List<Socket> held = [];

        public int Next()
        {
            while (true)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                held.Add(socket);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                if (((IPEndPoint)socket.LocalEndPoint!).Port is var port && !except.Contains(port))
                    return port;
            }
        }

        public void Dispose() => held.ForEach(socket => socket.Dispose());
    }
}
