using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.Sidecars.Invoking;

/// <summary>The body of an invocation: passed through as it comes, or kept where it may have to be sent again. One of unknown length is never kept.</summary>
internal sealed class InvocationBody
{
    private readonly Func<HttpContent?> content;

    private InvocationBody(Func<HttpContent?> content, bool isRepeatable)
    {
        this.content = content;
        IsRepeatable = isRepeatable;
    }

    public bool IsRepeatable { get; }

    public static async Task<InvocationBody> OfAsync(HttpContext context, bool isKept, int maxBytes)
    {
        var request = context.Request;
        if (request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0)
            return new InvocationBody(() => null, isRepeatable: true);
        if (isKept && request.ContentLength <= maxBytes)
            return Of(await RequestBody.ReadAsync(context));
        return new InvocationBody(() => Streamed(request, maxBytes), isRepeatable: false);
    }

    /// <summary>Empty: no content but for its type.</summary>
    public static InvocationBody Of(byte[] body) => new(() => body.Length == 0 ? null : new ByteArrayContent(body), isRepeatable: true);

    public HttpContent? ToContent() => content();

    private static StreamContent Streamed(HttpRequest request, int maxBytes)
    {
        var streamed = new StreamContent(new LimitedStream(request.Body, maxBytes));
        streamed.Headers.ContentLength = request.ContentLength;
        return streamed;
    }
}
