using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace CloudNative.Local.Sidecars.Http;

/// <summary>The body is larger than --max-body-size; each API says so in its own error.</summary>
internal sealed class BodyTooLargeException(string where = "") : Exception(where + "stream too large");

internal sealed record BodyLimit(int Bytes);

/// <summary>Whole bodies, up to the sidecar's limit.</summary>
internal static class RequestBody
{
    /// <exception cref="BodyTooLargeException">There is more than the sidecar takes.</exception>
    public static async Task<byte[]> ReadAsync(HttpContext context)
    {
        var limit = context.Features.GetRequiredFeature<BodyLimit>().Bytes;
        var announced = context.Request.ContentLength;
        if (announced == 0)
            return [];
        if (announced > limit)
            throw new BodyTooLargeException();
        return announced is { } length
            ? await ReadExactlyAsync(context, (int)length)
            : await ReadToEndAsync(context, limit);
    }

    private static async Task<byte[]> ReadExactlyAsync(HttpContext context, int length)
    {
        var body = new byte[length];
        await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted);
        return body;
    }

    private static async Task<byte[]> ReadToEndAsync(HttpContext context, int limit)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            if (result.Buffer.Length > limit)
                throw new BodyTooLargeException();
            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return body;
            }
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
