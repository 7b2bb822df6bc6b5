using System.Net;

namespace CloudNative.Local.Bindings;

/// <summary>
/// One exchange through the HTTP client without a network. .NET compiles what the first request of a process needs when it needs it, which on a busy
/// laptop takes longer than a short <c>responseTimeout</c>; daprd is compiled beforehand.
/// </summary>
internal static class UpstreamWarmUp
{
    // Begins when the class is first used, and never again.
    private static readonly Task Exchange = RunAsync();

    /// <summary>Completes at once but for the first time in the process.</summary>
    public static Task EnsureAsync(CancellationToken cancellationToken) => Exchange.WaitAsync(cancellationToken);

    private static async Task RunAsync()
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ActivityHeadersPropagator = null,
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new CannedAnswer()),
            UseProxy = false,
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://127.0.0.1/") { Content = new ReadOnlyMemoryContent("{}"u8.ToArray()) };
        using var answer = await invoker.SendAsync(request, CancellationToken.None);
        await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
    }

    /// <summary>Answers whatever is written.</summary>
    private sealed class CannedAnswer() : MemoryStream([.. "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"u8], writable: false)
    {
        public override bool CanWrite => true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Write(byte[] buffer, int offset, int count)
        {
            // The request goes nowhere.
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            // The request goes nowhere.
        }
    }
}
