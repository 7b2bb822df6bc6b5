using System.Text.Json.Serialization;

namespace CloudNative.DataLake;

/// <summary>An object of one hour: its name within the hour's folder, how many events it holds, and their first and last timestamp (ms).</summary>
internal sealed record LakeObject(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("first")] long First,
    [property: JsonPropertyName("last")] long Last);

/// <summary>The names that exist below a name of the catalogue: the months of the lake, the hours of a month.</summary>
internal sealed record CatalogueEntry([property: JsonPropertyName("names")] IReadOnlyList<string> Names);

[JsonSerializable(typeof(Ledger<LakeObject>))]
[JsonSerializable(typeof(Ledger<string>))]
[JsonSerializable(typeof(CatalogueEntry))]
[JsonSerializable(typeof(FlushPlan))]
internal sealed partial class LakeJson : JsonSerializerContext;
