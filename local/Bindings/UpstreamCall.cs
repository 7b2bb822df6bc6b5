using CloudNative.Local.Resources;

namespace CloudNative.Local.Bindings;

/// <summary>One request to the upstream, in a form that a redirect can repeat.</summary>
internal sealed record UpstreamCall(HttpMethod Method, Uri Url, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte>? Body)
{
    private const string Json = "application/json; charset=utf-8";
    private static readonly string[] TraceHeaders = ["traceparent", "tracestate", "baggage"];

    /// <summary>As Go's client begins its errors, e.g. <c>Get</c>.</summary>
    public string Verb => Method.Method[..1] + Method.Method[1..].ToLowerInvariant();

    /// <exception cref="ComponentException">The path makes no address.</exception>
    public static UpstreamCall Of(BindingRequest request, HttpBindingOptions options)
    {
        var method = new HttpMethod(request.Operation == "create" ? "POST" : request.Operation.ToUpperInvariant());
        var body = method.Method is "POST" or "PUT" or "PATCH" ? request.Data : (ReadOnlyMemory<byte>?)null;
        return new UpstreamCall(method, Address(request, options), HeadersOf(request, options, body is not null), body);
    }

    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(Method, Url);
        if (Body is { } body)
            message.Content = new ReadOnlyMemoryContent(body);
        foreach (var (name, value) in Headers)
        {
            if (message.Headers.TryAddWithoutValidation(name, value))
                continue;
            message.Content ??= new ReadOnlyMemoryContent(default);
            message.Content.Headers.TryAddWithoutValidation(name, value);
        }
        return message;
    }

    private static Uri Address(BindingRequest request, HttpBindingOptions options)
    {
        try
        {
            return UpstreamUrl.Join(options.Url, request.Metadata.GetValueOrDefault("path", ""));
        }
        catch (UriFormatException failure)
        {
            throw new ComponentException("the path makes no valid address", failure);
        }
    }

    private static Dictionary<string, string> HeadersOf(BindingRequest request, HttpBindingOptions options, bool hasBody)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Accept"] = Json,
            ["User-Agent"] = "Go-http-client/1.1",
        };
        if (hasBody)
            headers["Content-Type"] = Json;
        if (options is { SecurityToken: { } token, SecurityTokenHeader: { } header })
            headers[header] = token;
        foreach (var (name, value) in request.Metadata)
        {
            if (name.Length > 0 && char.IsAsciiLetterUpper(name[0]))
                headers[name] = value;
        }
        // The connection's own; Go takes both from the address and the body.
        headers.Remove("Host");
        headers.Remove("Content-Length");
        foreach (var name in TraceHeaders)
        {
            headers.Remove(name);
            if (request.Metadata.TryGetValue(name, out var value) && value.Length > 0)
                headers[name] = value;
        }
        return headers;
    }
}
