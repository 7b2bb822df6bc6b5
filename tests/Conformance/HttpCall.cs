using System.Net;
using System.Net.Sockets;

namespace CloudNative.Conformance;

internal static class HttpCall
{
    /// <summary>Null where the connection was closed without an answer.</summary>
    /// <exception cref="SocketException">Nobody listens.</exception>
    public static async Task<Message?> SendAsync(
        int port, string request, IEnumerable<KeyValuePair<string, string>> headers, byte[] body, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        var stream = client.GetStream();
        var all = new List<KeyValuePair<string, string>>(headers);
        var given = all.Select(header => header.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("host", $"127.0.0.1:{port}"), ("accept", "*/*"), ("user-agent", "conformance/1"), ("connection", "close")])
        {
            if (!given.Contains(name))
                all.Add(KeyValuePair.Create(name, value));
        }
        try
        {
            await Wire.WriteAsync(stream, $"{request} HTTP/1.1", all, body, cancellationToken);
        }
        catch (IOException)
        {
            // The other side may have answered and closed before it read everything.
        }
        return await Wire.ReadAsync(stream, request.StartsWith("HEAD ", StringComparison.Ordinal), cancellationToken);
    }
}
