using System.Text.Json;
using CloudNative.BuildingBlocks.Events;

namespace CloudNative.ThingsBff;

/// <summary>An event as the stream got it; <paramref name="Thing"/> holds the images.</summary>
internal sealed record ToldEvent(string Id, string Type, string PartitionKey, long Version, JsonElement Thing)
{
    public static ToldEvent From(OutgoingEvent outgoing)
    {
        using var document = JsonDocument.Parse(outgoing.Document);
        var root = document.RootElement.Clone();
        return new ToldEvent(outgoing.Id, outgoing.Type, outgoing.PartitionKey, root.GetProperty("version").GetInt64(), root.GetProperty("thing"));
    }
}
