using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CloudNative.SearchBff.Detailing;

/// <summary>The detail document of a thing, object <c>things/&lt;id&gt;</c> of the bucket. <paramref name="AsOf"/>: ms since 1970 of the event it comes from.</summary>
internal sealed record ThingDetail(long AsOf, string? Name, string Id, string? Description)
{
    /// <summary>The same bytes for the same detail, so an object can be compared with what it should be.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CompactJson.Detail);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ThingDetail))]
[JsonSerializable(typeof(ThingView))]
internal sealed partial class DetailJson : JsonSerializerContext;

/// <summary>Escapes only what JSON itself needs escaped: these documents are answered as JSON and are never part of a page.</summary>
internal static class CompactJson
{
    private static readonly DetailJson Json =
        new(new JsonSerializerOptions(DetailJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static JsonTypeInfo<ThingDetail> Detail => Json.ThingDetail;

    public static JsonTypeInfo<ThingView> View => Json.ThingView;
}
