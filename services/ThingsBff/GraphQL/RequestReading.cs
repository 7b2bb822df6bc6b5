using System.Text.Json;
using GraphQL;
using GraphQL.Transport;

namespace CloudNative.ThingsBff.GraphQL;

/// <summary>What a request asks for, or the status and reason it is refused with.</summary>
internal sealed record ReadRequest(IReadOnlyList<GraphQLRequest> Operations, bool IsBatch, int Status = StatusCodes.Status200OK, string? Reason = null)
{
    public static ReadRequest Refused(string reason, int status = StatusCodes.Status400BadRequest) => new([], false, status, reason);
}

/// <summary>Reads requests of GraphQL over HTTP; refuses what is not well-formed before anything is executed.</summary>
internal sealed class RequestReading(IGraphQLSerializer serializer, int maxBatch)
{
    public async ValueTask<ReadRequest> BodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: cancellationToken);
            return Body(body.RootElement);
        }
        // InvalidOperationException: a string with an unpaired surrogate has no value.
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return ReadRequest.Refused("The body is not JSON.");
        }
        catch (BadHttpRequestException refused)
        {
            return ReadRequest.Refused(
                refused.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The body is too large." : "The body could not be read.",
                refused.StatusCode);
        }
    }

    public ReadRequest Query(IQueryCollection query)
    {
        try
        {
            using var variables = Json(query["variables"]);
            using var extensions = Json(query["extensions"]);
            return Operation(
                query["query"],
                string.IsNullOrEmpty(query["operationName"]) ? null : query["operationName"].ToString(),
                variables?.RootElement,
                extensions?.RootElement);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return ReadRequest.Refused("variables and extensions must be JSON objects.");
        }
    }

    private static JsonDocument? Json(string? text) => string.IsNullOrEmpty(text) ? null : JsonDocument.Parse(text);

    private ReadRequest Body(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Array)
            return Operation(body);
        var count = body.GetArrayLength();
        if (count == 0 || count > maxBatch)
            return ReadRequest.Refused($"A batch has 1 to {maxBatch} operations; this one has {count}.");

        var operations = new List<GraphQLRequest>(count);
        foreach (var element in body.EnumerateArray())
        {
            var read = Operation(element);
            if (read.Reason is not null)
                return read;
            operations.AddRange(read.Operations);
        }

        return new ReadRequest(operations, IsBatch: true);
    }

    private ReadRequest Operation(JsonElement operation)
    {
        if (operation.ValueKind != JsonValueKind.Object)
            return ReadRequest.Refused("An operation must be a JSON object.");
        if (!operation.TryGetProperty("query", out var query) || query.ValueKind != JsonValueKind.String)
            return ReadRequest.Refused("query must be a string.");
        if (Optional(operation, "operationName") is { ValueKind: not JsonValueKind.String })
            return ReadRequest.Refused("operationName must be a string.");
        return Operation(
            query.GetString(), Optional(operation, "operationName")?.GetString(), Optional(operation, "variables"), Optional(operation, "extensions"));
    }

    private ReadRequest Operation(string? query, string? name, JsonElement? variables, JsonElement? extensions)
    {
        if (query is null)
            return ReadRequest.Refused("query must be given.");
        if (variables is { ValueKind: not JsonValueKind.Object } || extensions is { ValueKind: not JsonValueKind.Object })
            return ReadRequest.Refused("variables and extensions must be JSON objects.");
        return new ReadRequest(
            [new GraphQLRequest { Query = query, OperationName = name, Variables = variables is { } given ? serializer.ReadNode<Inputs>(given) : null }],
            IsBatch: false);
    }

    private static JsonElement? Optional(JsonElement operation, string name) =>
        operation.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
