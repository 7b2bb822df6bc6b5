using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CloudNative.DataLake;

/// <summary><c>GET /faults?limit=&amp;cursor=</c>: what apps gave up on, the newest first, without the originals.</summary>
internal static class ListFaults
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 200;

    public static async Task<Results<Ok<JsonArray>, ValidationProblem>> HandleAsync(
        HttpContext context, FaultIndex faults, string? limit, string? cursor, CancellationToken cancellationToken)
    {
        if (Number(limit, DefaultLimit) is not { } count || count is < 1 or > MaxLimit)
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["limit"] = [$"is a whole number from 1 to {MaxLimit}"] });
        if (Number(cursor, int.MaxValue) is not { } before)
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["cursor"] = ["is not a cursor of this listing"] });
        var (found, next) = await faults.ListAsync(count, before, cancellationToken);
        if (next is { } place)
            context.Response.Headers.Link = string.Create(CultureInfo.InvariantCulture, $"</faults?limit={count}&cursor={place}>; rel=\"next\"");
        return TypedResults.Ok(new JsonArray([.. found.Select(Summary)]));
    }

    // The members of the fault on one level with its id and time. Anyone can publish a fault event, so any member may be absent.
    private static JsonObject Summary(JsonElement fault)
    {
        var summary = new JsonObject
        {
            ["id"] = JsonValue.Create(fault.GetProperty("id")),
            ["timestamp"] = JsonValue.Create(fault.GetProperty("timestamp")),
            ["partitionKey"] = JsonValue.Create(fault.GetProperty("partitionKey")),
        };
        if (fault.TryGetProperty("fault", out var content) && content.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in content.EnumerateObject().Where(member => member.Name is not "original"))
                summary[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            summary["resubmittable"] = content.TryGetProperty("original", out _);
        }

        return summary;
    }

    private static int? Number(string? text, int absent) =>
        text is null ? absent : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
