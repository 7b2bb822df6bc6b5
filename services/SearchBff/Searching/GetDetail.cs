using CloudNative.SearchBff.Detailing;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CloudNative.SearchBff.Searching;

/// <summary><c>GET /things/{key}</c>: the detail document, byte for byte as it lies in the bucket.</summary>
internal static class GetDetail
{
    public static async Task<Results<FileContentHttpResult, NotFound>> HandleAsync(
        string key, HttpContext context, DetailObjects objects, CancellationToken cancellationToken)
    {
        if (!ThingKey.IsKey(key) || await objects.FindAsync(key, cancellationToken) is not { } detail)
            return TypedResults.NotFound();
        context.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Bytes(detail, "application/json; charset=utf-8");
    }
}
