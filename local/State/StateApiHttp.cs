using CloudNative.Local.Json;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.State;

/// <summary>The state routes over HTTP: values are JSON, written again the way Go writes it.</summary>
internal sealed class StateApiHttp(StateApiStores stores)
{
    private const StateApiProtocol Protocol = StateApiProtocol.Http;
    private const string Writing = "POST|PUT";

    public void Map(IHttpRoutes routes)
    {
        routes.Map("GET", "/v1.0/state/{store}/{key}", GetAsync);
        routes.Map("DELETE", "/v1.0/state/{store}/{key}", DeleteAsync);
        routes.Map(Writing, "/v1.0/state/{store}", SaveAsync);
        routes.Map(Writing, "/v1.0/state/{store}/bulk", GetBulkAsync);
        routes.Map(Writing, "/v1.0/state/{store}/transaction", TransactAsync);
        routes.Map(Writing, "/v1.0-alpha1/state/{store}/query", (_, path) => throw stores.QueryRefusal(path["store"]));
    }

    private async Task GetAsync(HttpContext context, IReadOnlyDictionary<string, string> path)
    {
        var row = await stores.Require(path["store"], Protocol).GetAsync(path["key"], Protocol, context.RequestAborted);
        // A store that gives no value at all, as state.in-memory does for an empty one, counts as having none.
        if (row is null || row.Value.Equals(default))
        {
            await JsonAnswer.NoContentAsync(context);
            return;
        }
        if (row.Etag is not null)
            context.Response.Headers.ETag = row.Etag;
        if (row.ExpiresAt is { } expiry)
            context.Response.Headers["metadata." + StateApiGrpc.ExpiryName] = StateApiGrpc.ExpiryText(expiry);
        await JsonAnswer.WriteAsync(context, row.Value);
    }

    private async Task DeleteAsync(HttpContext context, IReadOnlyDictionary<string, string> path)
    {
        var store = stores.Require(path["store"], Protocol);
        var etag = context.Request.Headers.IfMatch.ToString();
        var operation = new StateOperation(
            StateOperationKind.Delete,
            store.Key(path["key"], Protocol),
            default,
            IsBinary: false,
            etag.Length > 0 ? etag : null,
            Word(context, "concurrency"),
            Word(context, "consistency"),
            RequestQuery.Metadata(context));
        await store.DeleteAsync(operation, context.RequestAborted);
        await JsonAnswer.NoContentAsync(context);
    }

    private async Task SaveAsync(HttpContext context, IReadOnlyDictionary<string, string> path)
    {
        var store = stores.Require(path["store"], Protocol);
        var body = await RequestBody.ReadAsync(context);
        var operations = Read("", () => StateApiBodies.Save(body, store, RequestQuery.Metadata(context)));
        await store.SaveAsync(operations, context.RequestAborted);
        await JsonAnswer.NoContentAsync(context);
    }

    private async Task GetBulkAsync(HttpContext context, IReadOnlyDictionary<string, string> path)
    {
        var store = stores.Require(path["store"], Protocol);
        var body = await BodyAsync(context);
        var keys = Read(JsonAnswer.MalformedBody, () => StateApiBodies.Keys(body));
        var rows = await store.GetBulkAsync(keys, Protocol, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, StateApiBulkAnswer.Bytes(store, rows, keys.Count));
    }

    private async Task TransactAsync(HttpContext context, IReadOnlyDictionary<string, string> path)
    {
        var store = stores.Require(path["store"], Protocol);
        store.RequireTransactions();
        var body = await BodyAsync(context);
        var operations = Read(JsonAnswer.MalformedBody, () => StateApiTransactionBody.Operations(body, store, RequestQuery.Metadata(context)));
        await store.TransactAsync(operations, context.RequestAborted);
        await JsonAnswer.NoContentAsync(context);
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        try
        {
            return await RequestBody.ReadAsync(context);
        }
        catch (BodyTooLargeException tooLarge)
        {
            throw ApiErrors.Malformed(JsonAnswer.MalformedBody + tooLarge.Message);
        }
    }

    private static T Read<T>(string prefix, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (GoJsonException malformed)
        {
            throw ApiErrors.Malformed(prefix + malformed.Message);
        }
    }

    private static string? Word(HttpContext context, string name) => RequestQuery.Value(context, name) is { Length: > 0 } word ? word : null;
}
