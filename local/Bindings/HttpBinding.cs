using System.Buffers;
using System.Net.Sockets;
using CloudNative.Local.Resources;

namespace CloudNative.Local.Bindings;

/// <summary>bindings.http: one HTTP request per call, with the headers, redirects and error texts of daprd's Go client.</summary>
internal sealed class HttpBinding : IOutputBinding
{
    private readonly HttpBindingOptions options;
    private readonly TimeProvider time;
    private readonly UpstreamClient client;

    private HttpBinding(HttpBindingOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        client = new UpstreamClient(bypassProxy: UpstreamUrl.Parse(options.Url).IsLoopback);
    }

    public IReadOnlyList<string> Operations { get; } = ["create", "get", "head", "post", "put", "patch", "delete", "options", "trace"];

    /// <summary>With a timeout to hold, what the first call needs is made ready.</summary>
    /// <exception cref="ComponentInitException">The metadata is wrong.</exception>
    public static async ValueTask<IOutputBinding> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var binding = Create(component, context);
        if (binding.options.ResponseTimeout is not null)
            await UpstreamWarmUp.EnsureAsync(cancellationToken);
        return binding;
    }

    /// <exception cref="ComponentInitException">The metadata is wrong.</exception>
    public static HttpBinding Create(Component component, ComponentContext context) =>
        new(HttpBindingOptions.Read(component), context.Time);

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var call = UpstreamCall.Of(request, options);
        using var deadline = options.ResponseTimeout is { } timeout ? new CancellationTokenSource(timeout, time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var response = await client.SendAsync(call, either.Token);
            return await AnswerAsync(request, response, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw Failed(call, "context deadline exceeded");
        }
        catch (TooManyRedirectsException loop)
        {
            throw new ComponentException($"{call.Verb} \"{loop.Location}\": stopped after {UpstreamClient.MaxRedirects} redirects", loop);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw Failed(call, TransportFailure(call.Url, failure), failure);
        }
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<BindingResponse> AnswerAsync(BindingRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await BodyAsync(response, cancellationToken);
        var metadata = UpstreamAnswer.Metadata(response);
        var failsOtherCodes = request.Metadata.TryGetValue("errorIfNot2XX", out var word)
            ? ComponentSettings.IsTruthy(word)
            : options.ErrorIfNot2XX;
        if (failsOtherCodes && !response.IsSuccessStatusCode)
            throw new BindingException($"received status code {(int)response.StatusCode}", metadata);
        return new BindingResponse(body, metadata);
    }

    private async ValueTask<ReadOnlyMemory<byte>> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var body = new ArrayBufferWriter<byte>();
        while (body.WrittenCount < options.MaxResponseBodySize)
        {
            var free = body.GetMemory();
            var wanted = (int)Math.Min(free.Length, options.MaxResponseBodySize - body.WrittenCount);
            var count = await stream.ReadAsync(free[..wanted], cancellationToken);
            if (count == 0)
                break;
            body.Advance(count);
        }
        return body.WrittenMemory;
    }

    private static ComponentException Failed(UpstreamCall call, string reason, Exception? cause = null) =>
        new($"{call.Verb} \"{call.Url.OriginalString}\": {reason}", cause);

    private static string TransportFailure(Uri url, Exception failure) => failure switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => $"dial tcp: lookup {url.Host}: no such host",
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
            $"dial tcp {url.Host}:{url.Port}: connect: connection refused",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls: failed to verify certificate or to shake hands",
        _ when failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset } => "read: connection reset by peer",
        _ => "EOF",
    };
}
