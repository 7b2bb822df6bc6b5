using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace CloudNative.Acceptance;

/// <summary>
/// A network between an app and its sidecar's gRPC port that can hold one state transaction back, for longer than the sidecar and the
/// caller's patience live, and let it through later: to whatever sidecar answers then.
/// </summary>
internal sealed class HoldingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true });
    private readonly Func<Uri> _target;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _armed;

    private HoldingProxy(WebApplication app, Func<Uri> target)
    {
        _app = app;
        _target = target;
    }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Completes when a transaction is being held.</summary>
    public Task Held => _held.Task;

    /// <summary>The gRPC status that the late transaction got in the end.</summary>
    public Task<string> LateOutcome => _outcome.Task;

    public static async Task<HoldingProxy> StartAsync(Func<Uri> target, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        var proxy = new HoldingProxy(app, target);
        app.Run(proxy.ForwardAsync);
        await app.StartAsync(cancellationToken);
        return proxy;
    }

    /// <summary>The next transaction is held.</summary>
    public void Arm() => Interlocked.Exchange(ref _armed, 1);

    public void Release() => _released.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var late = context.Request.Path.Value!.EndsWith("/ExecuteStateTransaction", StringComparison.Ordinal) && Interlocked.Exchange(ref _armed, 0) == 1;
        if (late)
        {
            _held.TrySetResult();
            await _released.Task;
        }

        using var request = Request(context, body.ToArray(), late);
        using var answer = await _client.SendAsync(request, CancellationToken.None);
        var content = await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
        if (late)
            _outcome.TrySetResult(Status(answer));
        else
            await AnswerAsync(context, answer, content);
    }

    private HttpRequestMessage Request(HttpContext context, byte[] body, bool late)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_target(), context.Request.Path.Value))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        foreach (var (name, value) in context.Request.Headers.Where(h => !h.Key.StartsWith(':') && h.Key is not ("Host" or "Content-Length")))
        {
            // The caller's deadline is over by the time a late request goes out; the network does not know of it.
            if (late && name.Equals("grpc-timeout", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value))
                request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value);
        }

        return request;
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer, byte[] content)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not ("Content-Length" or "Date" or "Transfer-Encoding")))
            context.Response.Headers[name] = values.ToArray();
        if (content.Length > 0)
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        foreach (var (name, values) in answer.TrailingHeaders)
            context.Response.AppendTrailer(name, values.ToArray());
    }

    private static string Status(HttpResponseMessage answer) =>
        answer.TrailingHeaders.Concat(answer.Headers).FirstOrDefault(h => h.Key == "grpc-status").Value?.FirstOrDefault() ?? "none";
}
