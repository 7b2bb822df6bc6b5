using System.Text.Json;
using System.Text.Json.Nodes;
using CloudNative.SearchBff.Indexing;

namespace CloudNative.SearchBff.OpenSearch;

/// <summary>The bodies of requests.</summary>
internal static class RequestBodies
{
    private const string Analysis = """
        {"analyzer":{"things_text":{"type":"custom","tokenizer":"standard","filter":["english_possessive","lowercase","asciifolding","english_stop","english_stem"]}},
        "filter":{"english_possessive":{"type":"stemmer","language":"possessive_english"},"english_stop":{"type":"stop","stopwords":"_english_"},"english_stem":{"type":"stemmer","language":"english"}}}
        """;

    // Strict: a member that nobody declared is refused, not guessed at.
    private const string Mappings = """
        {"dynamic":"strict","properties":{"id":{"type":"keyword"},"version":{"type":"long"},"url":{"type":"keyword","index":false,"doc_values":false},
        "deletedAt":{"type":"date","format":"epoch_millis"},"name":{"type":"text","analyzer":"things_text"},"description":{"type":"text","analyzer":"things_text"}}}
        """;

    public static byte[] CreateIndex(int replicas, string alias) => Bytes(new JsonObject
    {
        ["settings"] = new JsonObject { ["number_of_shards"] = 1, ["number_of_replicas"] = replicas, ["analysis"] = JsonNode.Parse(Analysis) },
        ["mappings"] = JsonNode.Parse(Mappings),
        ["aliases"] = new JsonObject { [alias] = new JsonObject() },
    });

    /// <summary>The search box: every text is a query, each word may stand in either field, and the name counts twice.</summary>
    public static byte[] Search(SearchRequest request, int size)
    {
        var words = new JsonObject { ["query"] = request.Text, ["fields"] = new JsonArray("name^2", "description"), ["default_operator"] = "and" };
        var body = new JsonObject
        {
            ["query"] = new JsonObject
            {
                ["bool"] = new JsonObject
                {
                    ["must"] = new JsonObject { ["simple_query_string"] = words },
                    ["must_not"] = new JsonObject { ["exists"] = new JsonObject { ["field"] = "deletedAt" } },
                },
            },
            ["size"] = size,
            ["sort"] = new JsonArray(new JsonObject { ["_score"] = "desc" }, new JsonObject { ["id"] = "asc" }),
            ["track_scores"] = true,
            ["track_total_hits"] = false,
            ["_source"] = new JsonArray("id", "name", "description", "url"),
        };
        if (request.After is { } after)
            body["search_after"] = new JsonArray(after.Score, after.Id);
        return Bytes(body);
    }

    /// <summary>A page of all entries by id, tombstones too.</summary>
    public static byte[] Scan(int size, string? afterId)
    {
        var body = new JsonObject
        {
            ["query"] = new JsonObject { ["match_all"] = new JsonObject() },
            ["size"] = size,
            ["sort"] = new JsonArray(new JsonObject { ["id"] = "asc" }),
            ["track_total_hits"] = false,
            ["_source"] = new JsonArray("version"),
        };
        if (afterId is not null)
            body["search_after"] = new JsonArray(afterId);
        return Bytes(body);
    }

    public static byte[] DeletedBefore(long time) => Bytes(new JsonObject
    {
        ["query"] = new JsonObject { ["range"] = new JsonObject { ["deletedAt"] = new JsonObject { ["lt"] = time } } },
    });

    public static byte[] AddAlias(string index, string alias) => Actions(Action("add", index, alias));

    /// <summary>Atomic. The second of two who switch is refused, since the old index must have the alias still.</summary>
    public static byte[] Switch(string old, string next, string alias, string buildingAlias)
    {
        var removal = Action("remove", old, alias);
        removal["remove"]!["must_exist"] = true;
        return Actions(removal, Action("add", next, alias), Action("remove", next, buildingAlias));
    }

    public static BulkItem Index(IndexEntry entry)
    {
        var action = new JsonObject { ["index"] = new JsonObject { ["_id"] = entry.Key, ["version"] = entry.Version, ["version_type"] = "external" } };
        var source = new JsonObject { ["id"] = entry.Id };
        if (entry.Name is not null)
            source["name"] = entry.Name;
        if (entry.Description is not null)
            source["description"] = entry.Description;
        source["version"] = entry.Version;
        if (entry.DeletedAt is { } deletedAt)
            source["deletedAt"] = deletedAt;
        return new BulkItem(Bytes(action), Bytes(source));
    }

    private static JsonObject Action(string verb, string index, string alias) => new() { [verb] = new JsonObject { ["index"] = index, ["alias"] = alias } };

    private static byte[] Actions(params JsonNode?[] actions) => Bytes(new JsonObject { ["actions"] = new JsonArray(actions) });

    private static byte[] Bytes(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json, BodyJson.Default.JsonObject);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class BodyJson : System.Text.Json.Serialization.JsonSerializerContext;
