using CloudNative.ThingsBff.GraphiQL;
using GraphQL;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CloudNative.ThingsBff.GraphQL;

/// <summary>GraphQL over HTTP: POST executes, GET reads, GET from a browser opens a page, GET ?sdl tells the schema.</summary>
internal sealed class GraphQLEndpoint(
    OperationExecuter executer, ThingsSchema schema, IGraphQLSerializer serializer, QueryPages pages, IOptions<GraphQLOptions> options)
{
    private readonly RequestReading reading = new(serializer, options.Value.MaxBatch);

    public async Task PostAsync(HttpContext http)
    {
        if (ResponseFormats.Negotiate(http.Request.Headers.Accept, pageIsThere: false) is not { } format)
            await RefuseAsync(http, ResponseFormat.Json, StatusCodes.Status406NotAcceptable, "application/graphql-response+json or application/json is answered.");
        else if (!IsJson(http.Request.ContentType))
            await RefuseAsync(http, format, StatusCodes.Status415UnsupportedMediaType, "The content type must be application/json in UTF-8.");
        else
            await AnswerAsync(http, format, await reading.BodyAsync(http.Request, http.RequestAborted), queriesOnly: false);
    }

    public async Task GetAsync(HttpContext http)
    {
        if (http.Request.Query.ContainsKey("sdl"))
            await SdlAsync(http);
        else if (ResponseFormats.Negotiate(http.Request.Headers.Accept, pageIsThere: true) is not { } format)
            await RefuseAsync(http, ResponseFormat.Json, StatusCodes.Status406NotAcceptable, "application/graphql-response+json, application/json or text/html is answered.");
        else if (format == ResponseFormat.Page)
            await pages.WriteAsync(http, options.Value.Introspection ? schema.Sdl : null);
        else
            await AnswerAsync(http, format, reading.Query(http.Request.Query), queriesOnly: true);
    }

    private async Task SdlAsync(HttpContext http)
    {
        if (!options.Value.Introspection)
        {
            await RefuseAsync(http, ResponseFormat.Json, StatusCodes.Status403Forbidden, "Introspection is switched off.");
            return;
        }

        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(schema.Sdl, http.RequestAborted);
    }

    private async Task AnswerAsync(HttpContext http, ResponseFormat format, ReadRequest request, bool queriesOnly)
    {
        if (request.Reason is not null)
        {
            await RefuseAsync(http, format, request.Status, request.Reason);
            return;
        }

        // One after the other: a batch may save a thing and then read it.
        var results = new List<ExecutionResult>(request.Operations.Count);
        foreach (var operation in request.Operations)
        {
            if (await executer.ExecuteAsync(operation, queriesOnly, http.RequestAborted) is not { } result)
            {
                http.Response.Headers.Allow = HttpMethods.Post;
                await RefuseAsync(http, format, StatusCodes.Status405MethodNotAllowed, "A mutation must be sent by POST.");
                return;
            }

            results.Add(result);
        }

        if (request.IsBatch)
            await WriteAsync(http, format, StatusCodes.Status200OK, results);
        else
            await WriteAsync(http, format, ResponseFormats.Status(format, results[0].Executed), results[0]);
    }

    private Task RefuseAsync(HttpContext http, ResponseFormat format, int status, string reason) =>
        WriteAsync(http, format, status, new ExecutionResult(RefusedError.BadUserInput(reason)));

    private async Task WriteAsync<T>(HttpContext http, ResponseFormat format, int status, T answer)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = ResponseFormats.ContentType(format);
        await serializer.WriteAsync(http.Response.Body, answer, http.RequestAborted);
    }

    private static bool IsJson(string? contentType) =>
        contentType == "application/json"
        || (MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase)));
}
