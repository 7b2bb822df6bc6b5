using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CloudNative.ThingsBff.GraphQL;

/// <summary>The media type of an answer, and what follows from it (GraphQL over HTTP, draft of 2026).</summary>
internal enum ResponseFormat
{
    /// <summary>application/json: any answer to a well-formed request has status 200.</summary>
    Json,

    /// <summary>application/graphql-response+json: 400 when nothing was executed.</summary>
    GraphQLResponse,

    /// <summary>text/html: a browser; only where a page may be answered.</summary>
    Page,
}

internal static class ResponseFormats
{
    /// <summary>
    /// The format a client prefers, null when it takes none of ours. A client that does not care gets application/json: it
    /// is most likely curl or one older than the draft.
    /// </summary>
    public static ResponseFormat? Negotiate(StringValues accept, bool pageIsThere)
    {
        if (StringValues.IsNullOrEmpty(accept) || accept is ["*/*"] or ["application/json"])
            return ResponseFormat.Json;
        if (!MediaTypeHeaderValue.TryParseList(accept, out var wanted))
            return null;
        ResponseFormat? best = null;
        var quality = 0d;
        foreach (var type in wanted)
        {
            if (Of(type, pageIsThere) is not { } format || (type.Quality ?? 1) <= quality)
                continue;
            best = format;
            quality = type.Quality ?? 1;
        }

        return best;
    }

    public static string ContentType(ResponseFormat format) => format == ResponseFormat.GraphQLResponse
        ? "application/graphql-response+json; charset=utf-8"
        : "application/json; charset=utf-8";

    /// <summary>Status of the answer to a well-formed request.</summary>
    public static int Status(ResponseFormat format, bool executed) =>
        executed || format == ResponseFormat.Json ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;

    private static ResponseFormat? Of(MediaTypeHeaderValue type, bool pageIsThere) => type.MediaType.Value?.ToLowerInvariant() switch
    {
        "application/graphql-response+json" => ResponseFormat.GraphQLResponse,
        "application/json" or "application/*" or "*/*" => ResponseFormat.Json,
        "text/html" or "application/xhtml+xml" when pageIsThere => ResponseFormat.Page,
        _ => null,
    };
}
