using System.Text.Json;
using CloudNative.Local.Json;
using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.State;

/// <summary>Request bodies of save and bulk get.</summary>
internal static class StateApiBodies
{
    private const string Item = "SetRequest";
    private const string BulkGet = "BulkGetRequest";

    /// <param name="metadata">Of the query; it wins over an item's own.</param>
    /// <exception cref="GoJsonException">In Go's words.</exception>
    public static List<StateOperation> Save(ReadOnlySpan<byte> body, StateApiStore store, IReadOnlyDictionary<string, string> metadata)
    {
        using var document = GoStruct.Parse(body);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Null)
            return [];
        if (root.ValueKind != JsonValueKind.Array)
            throw GoStruct.NotAValue(root, "[]state.SetRequest");
        var operations = new List<StateOperation>(root.GetArrayLength());
        foreach (var item in root.EnumerateArray())
            operations.Add(Saved(item, store, metadata));
        return operations;
    }

    /// <exception cref="GoJsonException">In Go's words.</exception>
    public static List<string> Keys(ReadOnlySpan<byte> body)
    {
        using var document = GoStruct.Parse(body);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Null)
            return [];
        if (root.ValueKind != JsonValueKind.Object)
            throw GoStruct.NotAValue(root, "http.BulkGetRequest");
        var keys = GoStruct.Items(root, "keys", BulkGet, "[]string").Select(Key).ToList();
        var parallelism = GoStruct.Member(root, "parallelism");
        if (parallelism.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Number))
            throw GoStruct.NotAField(parallelism, BulkGet + ".parallelism", "int");
        GoStruct.TextMap(root, "metadata", BulkGet);
        return keys;
    }

    private static string Key(JsonElement key) => key.ValueKind switch
    {
        JsonValueKind.String => key.GetString()!,
        JsonValueKind.Null => "",
        _ => throw GoStruct.NotAField(key, BulkGet + ".keys", "string"),
    };

    private static StateOperation Saved(JsonElement item, StateApiStore store, IReadOnlyDictionary<string, string> queried)
    {
        if (item.ValueKind == JsonValueKind.Null)
            throw StateApiErrors.EmptyKeyOverHttp();
        if (item.ValueKind != JsonValueKind.Object)
            throw GoStruct.NotAValue(item, "state.SetRequest");
        var key = GoStruct.Text(item, "key", Item);
        var etag = GoStruct.Text(item, "etag", Item);
        var metadata = GoStruct.TextMap(item, "metadata", Item);
        var (concurrency, consistency) = Options(item);
        if (key.Length == 0)
            throw StateApiErrors.EmptyKeyOverHttp();
        foreach (var (name, value) in queried)
            metadata[name] = value;
        return new StateOperation(
            StateOperationKind.Upsert,
            store.Key(key, StateApiProtocol.Http),
            GoStruct.Bytes(GoStruct.Raw(item, "value")),
            IsBinary: false,
            etag.Length > 0 ? etag : null,
            concurrency,
            consistency,
            metadata);
    }

    private static (string? Concurrency, string? Consistency) Options(JsonElement item)
    {
        var options = GoStruct.Member(item, "options");
        if (options.ValueKind == JsonValueKind.Undefined)
            return (null, null);
        if (options.ValueKind != JsonValueKind.Object)
            throw GoStruct.NotAField(options, Item + ".options", "state.SetStateOption");
        return (Word(options, "concurrency"), Word(options, "consistency"));
    }

    private static string? Word(JsonElement options, string name) =>
        GoStruct.Text(options, name, Item + ".options") is { Length: > 0 } word ? word : null;
}
