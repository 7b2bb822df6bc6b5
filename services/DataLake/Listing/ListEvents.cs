using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CloudNative.DataLake;

/// <summary><c>GET /events?from=&amp;to=&amp;type=&amp;partitionKey=&amp;limit=</c></summary>
internal static class ListEvents
{
    /// <summary>How many lines or events of the asked range could not be read; absent where all could.</summary>
    public const string CorruptHeader = "Lake-Corrupt-Lines";

    public static async Task<Results<JsonArrayResult, ValidationProblem>> HandleAsync(
        HttpContext context, LakeReader reader, CancellationToken cancellationToken)
    {
        var (query, errors) = EventQuery.Parse(context.Request.Query);
        if (query is null)
            return TypedResults.ValidationProblem(errors);
        var page = await reader.ReadAsync(query, cancellationToken);
        if (page.Next is { } next)
            context.Response.Headers.Link = $"<{query.AddressOf(next)}>; rel=\"next\"";
        if (page.Corrupt > 0)
            context.Response.Headers[CorruptHeader] = page.Corrupt.ToString(CultureInfo.InvariantCulture);
        return new JsonArrayResult(page.Documents);
    }
}

/// <summary>A JSON array of documents that are JSON already and stay as they are, byte for byte.</summary>
internal sealed class JsonArrayResult(IReadOnlyList<ReadOnlyMemory<byte>> documents) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        var body = httpContext.Response.Body;
        var separator = "["u8.ToArray();
        foreach (var document in documents)
        {
            await body.WriteAsync(separator, httpContext.RequestAborted);
            await body.WriteAsync(document, httpContext.RequestAborted);
            separator = [(byte)','];
        }

        await body.WriteAsync(documents.Count == 0 ? "[]"u8.ToArray() : "]"u8.ToArray(), httpContext.RequestAborted);
    }
}
