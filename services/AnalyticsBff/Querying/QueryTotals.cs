using System.Text.Encodings.Web;
using System.Text.Json;
using CloudNative.BuildingBlocks.Directories;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CloudNative.AnalyticsBff;

/// <summary><c>GET /query?userId=&amp;from=2018-05&amp;to=&amp;limit=&amp;cursor=</c>: rows by month, then user; the next page is in the <c>Link</c> header.</summary>
internal static class QueryTotals
{
    public static async Task<Results<TotalsResult, ValidationProblem>> HandleAsync(
        HttpContext context, TotalsReader reader, ICursorKey cursorKey, CancellationToken cancellationToken)
    {
        var (query, errors) = TotalsQuery.Parse(context.Request.Query);
        if (query is null)
            return TypedResults.ValidationProblem(errors);
        var key = await cursorKey.GetAsync(cancellationToken);
        TotalsPosition? after = null;
        if (query.Cursor is { } cursor)
        {
            if (PageCursor.Read(cursor, query.Filter, key.Span) is not { } position)
                return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["cursor"] = ["is not a cursor of this query"] });
            after = TotalsPosition.Parse(position);
        }

        var page = await reader.ReadAsync(query, after, cancellationToken);
        if (page.Next is { } next)
            context.Response.Headers.Link = $"<{query.AddressOf(PageCursor.Write(next.ToString(), query.Filter, key.Span))}>; rel=\"next\"";
        return new TotalsResult(page.Rows);
    }
}

/// <summary>A JSON array of rows: <c>{userId, yearmonth, total, &lt;type&gt;: n, ...}</c>.</summary>
internal sealed class TotalsResult(IReadOnlyList<TotalsRow> rows) : IResult
{
    // Answers are JSON by content type, never part of a page, so only what JSON itself needs is escaped.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, Compact);
        json.WriteStartArray();
        foreach (var row in rows)
            Write(json, row);
        json.WriteEndArray();
        await json.FlushAsync(httpContext.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, TotalsRow row)
    {
        json.WriteStartObject();
        json.WriteString("userId", row.User);
        json.WriteString("yearmonth", row.Month);
        json.WriteNumber("total", row.Totals.Total);
        row.Totals.WriteCounts(json);
        json.WriteEndObject();
    }
}
