using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CloudNative.Local.Tests.PubSub;

/// <summary>An app that keeps what is on the wire, and answers 200 without a body (404 to the handshake but for its one subscription).</summary>
internal sealed class RawApp : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly string subscriptions;
    private readonly Task accepting;

    public RawApp(string subscriptions)
    {
        this.subscriptions = subscriptions;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Each request as its lines, headers sorted; <see cref="Connections"/> that sent one.</summary>
    public System.Collections.Concurrent.BlockingCollection<string[]> Requests { get; } = [];

    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token)));
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException)
            {
                break;
            }
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            var isFirst = true;
            try
            {
                while (await ReadAsync(reader) is { } request)
                {
                    Connections += isFirst ? 1 : 0;
                    isFirst = false;
                    await client.GetStream().WriteAsync(Answer(request[0]), stopping.Token);
                    Requests.Add(request);
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException)
            {
                // The test is over.
            }
        }
    }

    private async Task<string[]?> ReadAsync(StreamReader reader)
    {
        if (await reader.ReadLineAsync(stopping.Token) is not { } first)
            return null;
        List<string> headers = [];
        while (await reader.ReadLineAsync(stopping.Token) is { Length: > 0 } header)
            headers.Add(header);
        // A read of no characters would wait for the next request.
        if (Length(headers) is > 0 and var length)
            await reader.ReadBlockAsync(new char[length], stopping.Token);
        return [first, .. headers.Order(StringComparer.Ordinal)];
    }

    private static int Length(IEnumerable<string> headers) => headers
        .Where(header => header.StartsWith("Content-Length: ", StringComparison.Ordinal))
        .Select(header => int.Parse(header["Content-Length: ".Length..], CultureInfo.InvariantCulture))
        .SingleOrDefault();

    private byte[] Answer(string line)
    {
        var body = line.StartsWith("GET /dapr/subscribe ", StringComparison.Ordinal) ? subscriptions : "";
        var status = line.StartsWith("GET /dapr/config ", StringComparison.Ordinal) ? "404 Not Found" : "200 OK";
        return Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
