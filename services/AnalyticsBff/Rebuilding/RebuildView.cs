using Microsoft.AspNetCore.Http.HttpResults;

namespace CloudNative.AnalyticsBff;

/// <summary><c>POST /rebuild</c> begins a rebuild, 409 while one is under way; <c>GET /rebuild</c> tells <c>{live, building}</c>.</summary>
internal static class RebuildView
{
    public static async Task<Results<Accepted<Views>, ProblemHttpResult>> StartAsync(RebuildService rebuilds, CancellationToken cancellationToken) =>
        await rebuilds.StartRebuildAsync(cancellationToken) is { } views
            ? TypedResults.Accepted("/rebuild", views)
            : TypedResults.Problem("A rebuild is under way.", statusCode: StatusCodes.Status409Conflict);

    public static async Task<Ok<Views>> StatusAsync(ViewCatalogue catalogue, CancellationToken cancellationToken) =>
        TypedResults.Ok((await catalogue.ReadAsync(cancellationToken)).Views);
}
