using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CloudNative.Local.Tests.Bindings;

/// <summary>Answers each request with the next scripted text, byte for byte; an empty one closes, none left never answers.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<string> answers = new();
    private readonly Task serving;

    public RawUpstream()
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        serving = ServeAsync();
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>The last request up to the end of its headers.</summary>
    public string Request { get; private set; } = "";

    public string Body { get; private set; } = "";

    public void Answers(params string[] texts)
    {
        foreach (var text in texts)
            answers.Enqueue(text);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stopping.Token);
                _ = ConverseAsync(client);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ConverseAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                while (await ReadRequestAsync(stream))
                {
                    if (!answers.TryDequeue(out var answer))
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping.Token);
                    if (string.IsNullOrEmpty(answer))
                        return;
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), stopping.Token);
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException)
            {
                // The caller left or the test is over.
            }
        }
    }

    private async Task<bool> ReadRequestAsync(NetworkStream stream)
    {
        var received = new List<byte>();
        var buffer = new byte[4096];
        var end = -1;
        while (end < 0 || received.Count < end + Length(received, end))
        {
            var count = await stream.ReadAsync(buffer, stopping.Token);
            if (count == 0)
                return false;
            received.AddRange(buffer[..count]);
            var at = Encoding.Latin1.GetString([.. received]).IndexOf("\r\n\r\n", StringComparison.Ordinal);
            end = at < 0 ? -1 : at + 4;
        }
        Request = Encoding.UTF8.GetString([.. received[..end]]);
        Body = Encoding.UTF8.GetString([.. received[end..]]);
        return true;
    }

    private static int Length(List<byte> received, int end)
    {
        const string name = "Content-Length: ";
        var headers = Encoding.Latin1.GetString([.. received[..end]]);
        var at = headers.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(headers[(at + name.Length)..headers.IndexOf('\r', at)], null);
    }
}
