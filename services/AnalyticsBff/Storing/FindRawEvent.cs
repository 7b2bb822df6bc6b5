using Microsoft.AspNetCore.Http.HttpResults;

namespace CloudNative.AnalyticsBff;

/// <summary><c>GET /events/{id}</c>: the event's document, 404 once its hour is over.</summary>
internal static class FindRawEvent
{
    public static async Task<Results<FileContentHttpResult, NotFound>> HandleAsync(string id, RawEvents events, CancellationToken cancellationToken) =>
        await events.FindAsync(id, cancellationToken) is { } document
            ? TypedResults.Bytes(document.ToArray(), "application/json; charset=utf-8")
            : TypedResults.NotFound();
}
