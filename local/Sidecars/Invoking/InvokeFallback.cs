using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.Sidecars.Invoking;

/// <summary>
/// Service invocation. daprd takes every request that is no route of the API for one; it ends here as a plain HTTP call to the own app or to
/// another app of the same run.
/// </summary>
internal sealed class InvokeFallback : IDisposable
{
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly SidecarOptions _options;
    private readonly Func<string, Peer?> _peers;
    private readonly NotServed _notServed;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        // Below the 130 s after which Kestrel ends an idle connection.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        UseCookies = false,
        UseProxy = false,
    });

    public InvokeFallback(SidecarOptions options, Func<string, Peer?> peers, NotServed notServed)
    {
        _options = options;
        _peers = peers;
        _notServed = notServed;
    }

    public async Task HandleAsync(HttpContext context, RequestTarget target)
    {
        if (Invocation.From(target, context.Request.Headers) is not { } invocation)
        {
            _notServed.Http(context.Request.Method, target.Segments);
            throw ApiErrors.NoRoute();
        }
        var callee = Callee(invocation.AppId);
        using var request = Request(context, invocation, callee);
        try
        {
            using var answer = await _client.SendAsync(request, context.RequestAborted);
            await PassOnAsync(context, answer, isFromPeer: callee.AppId != _options.AppId);
        }
        catch (Exception failure) when ((failure is HttpRequestException or BodyTooLargeException) && !context.Response.HasStarted)
        {
            throw Invocation.Failure(invocation.AppId, Text(request, failure));
        }
    }

    public void Dispose() => _client.Dispose();

    private Peer Callee(string appId)
    {
        var callee = appId == _options.AppId
            ? new Peer(appId, _options.AppPort, _options.AppApiToken)
            : _peers(appId) ?? throw Invocation.Failure(appId, $"couldn't find service: {appId}");
        return callee.AppPort is null ? throw Invocation.Failure(appId, "cannot invoke local endpoint: app channel not initialized") : callee;
    }

    private HttpRequestMessage Request(HttpContext context, Invocation invocation, Peer callee)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{callee.AppPort}{invocation.PathAndQuery}");
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(address, AsItIs)) { Content = Body(context.Request) };
        InvocationHeaders.ToApp(request, context.Request.Headers, callee.AppApiToken);
        if (callee.AppId != _options.AppId)
            InvocationHeaders.FromPeer(request, _options.AppId, callee.AppId);
        return request;
    }

    private StreamContent? Body(HttpRequest request)
    {
        if (request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0)
            return null;
        var content = new StreamContent(new LimitedStream(request.Body, _options.MaxBodySizeBytes));
        content.Headers.ContentLength = request.ContentLength;
        return content;
    }

    private static async Task PassOnAsync(HttpContext context, HttpResponseMessage answer, bool isFromPeer)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        InvocationHeaders.ToCaller(answer, response.Headers);
        await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        var first = new byte[4096];
        var read = await body.ReadAsync(first, context.RequestAborted);
        if (response.ContentType is null && DefaultContentType(answer.StatusCode, read > 0, isFromPeer) is { } type)
            response.ContentType = type;
        if (read == 0)
            return;
        await response.Body.WriteAsync(first.AsMemory(0, read), context.RequestAborted);
        await body.CopyToAsync(response.Body, context.RequestAborted);
    }

    private static string? DefaultContentType(HttpStatusCode status, bool hasBody, bool isFromPeer)
    {
        if (hasBody)
            return "text/plain; charset=utf-8";
        return isFromPeer && status != HttpStatusCode.NoContent ? "application/json" : null;
    }

    /// <summary>In the words of Go's client.</summary>
    private static string Text(HttpRequestMessage request, Exception failure)
    {
        var verb = request.Method.Method;
        var reason = failure switch
        {
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                $"dial tcp 127.0.0.1:{request.RequestUri!.Port}: connect: connection refused",
            BodyTooLargeException tooLarge => tooLarge.Message,
            _ => "EOF",
        };
        return $"{verb[0]}{Lower(verb[1..])} \"{request.RequestUri!.OriginalString}\": {reason}";
    }

    private static string Lower(string verb) => string.Create(verb.Length, verb, (target, source) => source.AsSpan().ToLowerInvariant(target));
}
