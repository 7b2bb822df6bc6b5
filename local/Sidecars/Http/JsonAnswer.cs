using System.Text;

namespace CloudNative.Local.Sidecars.Http;

/// <summary>Answers labelled application/json, as every body of the runtime API is.</summary>
internal static class JsonAnswer
{
    /// <summary>What the error of an API begins with that cannot read its body.</summary>
    public const string MalformedBody = "failed deserializing HTTP body: ";

    /// <summary>The status is 200 unless it was set before.</summary>
    public static Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    public static Task NoContentAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Escapes what Go escapes for HTML's sake; those characters occur only inside strings.</summary>
    public static byte[] EscapeForHtml(ReadOnlySpan<byte> json) =>
        json.IndexOfAny((byte)'<', (byte)'>', (byte)'&') < 0
            ? json.ToArray()
            : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json)
                .Replace("<", "\\u003c", StringComparison.Ordinal)
                .Replace(">", "\\u003e", StringComparison.Ordinal)
                .Replace("&", "\\u0026", StringComparison.Ordinal));
}
