using System.Net;
using System.Net.Sockets;

namespace CloudNative.TestKit;

/// <summary>
/// Loopback ports for servers that are started later: none is given twice by one process, and none lies where outgoing connections take
/// theirs (from 32768 on Linux, from 49152 elsewhere). Another process may still take one in between; where counting starts is random.
/// </summary>
public static class FreePorts
{
    private const int First = 12_000;
    private const int Count = 20_000;
    private static int last = Random.Shared.Next(Count);

    public static int Next()
    {
        while (true)
        {
            var port = First + ((Interlocked.Increment(ref last) & int.MaxValue) % Count);
            if (IsFree(port))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
