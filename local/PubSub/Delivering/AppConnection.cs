using System.Net.Sockets;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>
/// A connection to the app. A question of the handshake has a content type and no body: .NET sends the length of that, Go does not, and so it is
/// taken out here.
/// </summary>
internal sealed class AppConnection(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private static ReadOnlySpan<byte> NoLength => "Content-Length: 0\r\n"u8;

    public static async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new AppConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var at = buffer.Span.StartsWith("GET "u8) ? buffer.Span.IndexOf(NoLength) : -1;
        return base.WriteAsync(at < 0 ? buffer : Without(buffer.Span, at), cancellationToken);
    }

    private static byte[] Without(ReadOnlySpan<byte> text, int at) => [.. text[..at], .. text[(at + NoLength.Length)..]];
}
