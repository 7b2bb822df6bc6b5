using System.Text.Json;
using System.Text.Json.Serialization;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.DataLake;

/// <summary>
/// The flush under way, one at a time for all replicas: which sealed pages become objects, and under which name. It is written
/// before the first object, so after a crash the same pages become the same objects again and nothing is left behind.
/// </summary>
internal sealed record FlushPlan(
    [property: JsonPropertyName("id")] string? Id = null,
    [property: JsonPropertyName("pages")] IReadOnlyList<PageRef>? Pages = null)
{
    public const string Key = "flush-plan";

    public static readonly ReadOnlyMemory<byte> Cleared = "{}"u8.ToArray();

    /// <summary>Null where no flush is under way.</summary>
    public static FlushPlan? Read(StateEntry entry)
    {
        if (!entry.Exists || entry.Value.Length == 0)
            return null;
        var plan = JsonSerializer.Deserialize(entry.Value.Span, LakeJson.Default.FlushPlan);
        return plan?.Id is null ? null : plan;
    }

    public StateWrite ToWrite(string? etag) => new(Key, JsonSerializer.SerializeToUtf8Bytes(this, LakeJson.Default.FlushPlan), etag);
}
