using System.Net;
using System.Net.Sockets;

namespace CloudNative.Local.Apps;

/// <summary>Looks whether an app listens.</summary>
internal static class AppPort
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public static async Task AcceptsAsync(int port, TimeProvider time, CancellationToken cancellationToken)
    {
        while (!await IsAcceptingAsync(port, cancellationToken))
            await Task.Delay(PollInterval, time, cancellationToken);
    }

    public static async Task<bool> IsAcceptingAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
