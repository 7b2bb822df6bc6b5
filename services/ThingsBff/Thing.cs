using System.Text.Json.Serialization;

namespace CloudNative.ThingsBff;

/// <summary>What this service authors. <paramref name="Description"/> is null when there is none.</summary>
internal sealed record Thing(string Id, string Name, string? Description);

/// <summary>The thing as it stands in the state store and, as an image, in events: absent members are left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Thing))]
internal sealed partial class ThingJson : JsonSerializerContext;
