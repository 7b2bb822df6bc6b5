using System.Text.Json.Serialization;

namespace CloudNative.Local.PubSub.Publishing;

/// <summary>The body of an HTTP bulk publish that failed for some entries; it has no message.</summary>
internal sealed record BulkFailure(IReadOnlyList<FailedEntry> FailedEntries, string ErrorCode);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BulkFailure))]
internal sealed partial class PublishingJson : JsonSerializerContext;
