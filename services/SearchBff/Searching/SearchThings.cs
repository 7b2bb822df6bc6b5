using System.Text.Json.Serialization;
using CloudNative.SearchBff.Indexing;
using CloudNative.SearchBff.Linking;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CloudNative.SearchBff.Searching;

/// <summary>A hit. <paramref name="Url"/> answers the thing's detail document; it may be good for a short time only.</summary>
internal sealed record Hit(
    string Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Description,
    string Url);

/// <summary><c>GET /search?q=&amp;limit=&amp;cursor=</c>: the best hits first, the next page in the <c>Link</c> header. Whatever is typed into q is an answer.</summary>
internal static class SearchThings
{
    public static async Task<Results<Ok<Hit[]>, ValidationProblem>> HandleAsync(
        HttpContext context, ISearchIndex index, IDetailLinks links, CancellationToken cancellationToken)
    {
        var (query, errors) = SearchQuery.Parse(context.Request.Query);
        if (query is null)
            return TypedResults.ValidationProblem(errors);
        if (query.Text.Length == 0)
            return TypedResults.Ok(Array.Empty<Hit>());
        var page = await index.SearchAsync(new SearchRequest(query.Text, query.Limit, query.After), cancellationToken);
        if (page.Next is { } next)
            context.Response.Headers.Link = $"<{query.AddressOf(next)}>; rel=\"next\"";
        var hits = new List<Hit>(page.Things.Count);
        foreach (var thing in page.Things)
            hits.Add(new Hit(thing.Id, thing.Name, thing.Description, await links.LinkToAsync(ThingKey.Of(thing.Id), context.Request, cancellationToken)));
        return TypedResults.Ok(hits.ToArray());
    }
}
