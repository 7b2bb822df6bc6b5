using System.Globalization;
using System.Net;
using System.Text;
using CloudNative.Local.Sidecars.App;
using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>What the app answered. The body is read for 2xx only: of any other code the code says all.</summary>
internal readonly record struct AppAnswer(int HttpStatus, ReadOnlyMemory<byte> Body);

/// <summary>
/// Requests of the runtime to its app over HTTP/1.1, on the wire like daprd's: no redirects followed, no deadline of its own, no trace
/// headers but the event's. Connections are kept and shared by all subscriptions.
/// </summary>
internal sealed class AppChannel : IDisposable
{
    private const string UserAgent = "Go-http-client/1.1";
    private readonly HttpMessageInvoker client;
    private readonly Uri app;
    private readonly string? apiToken;
    private readonly Tracing tracing;
    private readonly AppGate gate;

    /// <param name="apiToken">APP_API_TOKEN; null or empty: none is sent.</param>
    /// <param name="gate">Limits the requests at a time.</param>
    public AppChannel(int appPort, string? apiToken, Tracing tracing, AppGate gate)
    {
        app = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{appPort}"));
        this.apiToken = string.IsNullOrEmpty(apiToken) ? null : apiToken;
        this.tracing = tracing;
        this.gate = gate;
        client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            // Also sends the Accept-Encoding that Go sends.
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectCallback = AppConnection.OpenAsync,
            // Well below the 130 s after which Kestrel ends an idle connection, so that no request meets a closing one.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            UseCookies = false,
            UseProxy = false,
        });
    }

    public Uri Resolve(string path) => new(app, path);

    /// <summary>A question of the handshake.</summary>
    /// <exception cref="HttpRequestException">No answer came.</exception>
    public async Task<AppAnswer> AskAsync(string path, string appId, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, Resolve(path));
        // Go labels a request without a body, .NET one with a body only.
        request.Content = new EmptyContent();
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Headers.TryAddWithoutValidation("Dapr-App-Id", appId);
        return await SendAsync(request, cancellationToken);
    }

    /// <summary>One event, or a batch.</summary>
    /// <param name="trace">Which the request goes on with as a hop of its own; null: without a header.</param>
    /// <exception cref="HttpRequestException">No answer came, or metadata cannot be sent as headers.</exception>
    public async Task<AppAnswer> PostAsync(
        Uri target,
        string contentType,
        string pubSubName,
        ReadOnlyMemory<byte> body,
        IReadOnlyDictionary<string, string> metadata,
        string? trace,
        CancellationToken cancellationToken)
    {
        var traceParent = trace is null ? null : tracing.Traceparent(trace);
        using var request = Request(HttpMethod.Post, target);
        request.Content = new ReadOnlyMemoryContent(body);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        request.Headers.TryAddWithoutValidation("Pubsubname", pubSubName);
        if (traceParent is not null)
            request.Headers.TryAddWithoutValidation("Traceparent", traceParent);
        foreach (var (name, value) in metadata)
        {
            if (!DeliveryHeaders.IsOwn(name) && !(traceParent is not null && name.Equals("traceparent", StringComparison.OrdinalIgnoreCase)))
                Add(request, name, value);
        }

        return await SendAsync(request, cancellationToken);
    }

    public void Dispose() => client.Dispose();

    private static void Add(HttpRequestMessage request, string name, string value)
    {
        if (!DeliveryHeaders.IsSendable(name, value))
            throw new HttpRequestException($"metadata {name} cannot be a header");
        var canonical = DeliveryHeaders.Canonical(name);
        if (!request.Headers.TryAddWithoutValidation(canonical, value))
            request.Content!.Headers.TryAddWithoutValidation(canonical, value);
    }

    private HttpRequestMessage Request(HttpMethod method, Uri target)
    {
        var request = new HttpRequestMessage(method, target) { Version = HttpVersion.Version11 };
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (apiToken is not null)
            request.Headers.TryAddWithoutValidation("Dapr-Api-Token", apiToken);
        return request;
    }

    private async Task<AppAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var turn = await gate.EnterAsync(cancellationToken);
        using var response = await client.SendAsync(request, cancellationToken);
        var status = (int)response.StatusCode;
        return status is >= 200 and < 300 && response.Content.Headers.ContentLength != 0
            ? new AppAnswer(status, await response.Content.ReadAsByteArrayAsync(cancellationToken))
            : new AppAnswer(status, default);
    }

    private sealed class EmptyContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return true;
        }
    }
}
