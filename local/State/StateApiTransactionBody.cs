using System.Text.Json;
using CloudNative.Local.Json;
using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.State;

/// <summary>
/// The request body of a transaction. daprd reads it in two steps: the list by its JSON decoder, each operation's request by a
/// decoder of maps that has words of its own for what it refuses.
/// </summary>
internal static class StateApiTransactionBody
{
    private const string Body = "stateTransactionRequestBody";

    /// <param name="metadata">Of the query; it wins over an operation's own. Metadata of the body goes to no operation.</param>
    /// <exception cref="GoJsonException">In the decoders' words.</exception>
    public static List<StateOperation> Operations(ReadOnlySpan<byte> body, StateApiStore store, IReadOnlyDictionary<string, string> metadata)
    {
        using var document = GoStruct.Parse(body);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Null)
            return [];
        if (root.ValueKind != JsonValueKind.Object)
            throw GoStruct.NotAValue(root, "http." + Body);
        var items = GoStruct.Items(root, "operations", Body, $"[]http.{Body}Operation").Select(Operation).ToArray();
        GoStruct.TextMap(root, "metadata", Body);
        return [.. items.Select(item => Read(item.Kind, new GoMap(item.Request), store, metadata))];
    }

    private static (string Kind, JsonElement Request) Operation(JsonElement item)
    {
        if (item.ValueKind == JsonValueKind.Null)
            return ("", default);
        if (item.ValueKind != JsonValueKind.Object)
            throw GoStruct.NotAField(item, Body + ".operations", $"http.{Body}Operation");
        return (GoStruct.Text(item, "operation", Body + "Operation.operations"), GoStruct.Member(item, "request"));
    }

    private static StateOperation Read(string kind, GoMap request, StateApiStore store, IReadOnlyDictionary<string, string> queried)
    {
        if (kind is not ("upsert" or "delete"))
            throw StateApiErrors.UnknownOperation(kind);
        var key = request.Text("Key") ?? "";
        var etag = request.Text("ETag");
        var metadata = request.TextMap("Metadata");
        var options = request.Nested("Options");
        var concurrency = options.Text("Concurrency");
        var consistency = options.Text("Consistency");
        request.ThrowIfWrong();
        foreach (var (name, value) in queried)
            metadata[name] = value;
        var isUpsert = kind == "upsert";
        return new StateOperation(
            isUpsert ? StateOperationKind.Upsert : StateOperationKind.Delete,
            store.Key(key, StateApiProtocol.Http, isNamed: false),
            isUpsert ? request.Bytes("Value") : default,
            IsBinary: false,
            etag is { Length: > 0 } ? etag : null,
            concurrency is { Length: > 0 } ? concurrency : null,
            consistency is { Length: > 0 } ? consistency : null,
            metadata);
    }
}
