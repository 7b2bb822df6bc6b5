using Microsoft.AspNetCore.Http.HttpResults;

namespace CloudNative.SearchBff.Rebuilding;

/// <summary><c>POST /rebuild</c>: 202 once the new index takes live events; <c>GET /rebuild</c> says how far it is.</summary>
internal static class RebuildIndex
{
    public static async Task<Accepted<RebuildStatus>> BeginAsync(Rebuild rebuild, CancellationToken cancellationToken)
    {
        await rebuild.BeginAsync(cancellationToken);
        return TypedResults.Accepted("/rebuild", rebuild.Status);
    }

    public static Ok<RebuildStatus> Get(Rebuild rebuild) => TypedResults.Ok(rebuild.Status);
}
