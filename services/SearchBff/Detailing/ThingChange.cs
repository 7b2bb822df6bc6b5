using System.Text;
using System.Text.Json;
using CloudNative.BuildingBlocks.Entities;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Listening;

namespace CloudNative.SearchBff.Detailing;

/// <summary>What an event says about a thing. <paramref name="Detail"/> is null where the thing is deleted.</summary>
internal sealed record ThingChange(string Id, EventOrder Order, long Timestamp, ThingDetail? Detail)
{
    public const string Created = "thing-created";
    public const string Updated = "thing-updated";
    public const string Deleted = "thing-deleted";

    /// <summary>
    /// The largest detail in bytes, 192 KiB: with the view around it it fits into 400 KB, an item of the smallest store, also where all
    /// of it is quotes to escape.
    /// </summary>
    public const int MaxDetailBytes = 192 * 1024;

    /// <summary>Reads the image <c>thing.new</c>, or <c>thing</c> itself where an author sends no images.</summary>
    /// <exception cref="UnprocessableEventException">The event names no thing, or one that cannot be kept.</exception>
    public static ThingChange Read(EventDocument document)
    {
        try
        {
            using var json = JsonDocument.Parse(document.Json);
            if (!json.RootElement.TryGetProperty("thing", out var thing) || thing.ValueKind is not JsonValueKind.Object)
                throw new UnprocessableEventException("the event has no object thing");
            return document.Type == Deleted ? Deletion(document, thing) : Upsert(document, thing);
        }
        catch (InvalidOperationException)
        {
            throw new UnprocessableEventException("the event holds text that is not well-formed Unicode");
        }
    }

    private static ThingChange Deletion(EventDocument document, JsonElement thing)
    {
        var image = Image(thing, "old") ?? Image(thing, "new") ?? thing;
        // A thing's events have its id as their key, so a bare deletion names it too.
        var id = Text(image, "id") ?? document.PartitionKey;
        return new ThingChange(CheckedId(id), document.Order, document.Timestamp, null);
    }

    private static ThingChange Upsert(EventDocument document, JsonElement thing)
    {
        var image = Image(thing, "new") ?? (thing.TryGetProperty("old", out _) ? throw new UnprocessableEventException("the event has no image thing.new") : thing);
        var id = CheckedId(Text(image, "id") ?? throw new UnprocessableEventException("the thing has no id"));
        var detail = new ThingDetail(document.Timestamp, Text(image, "name"), id, Text(image, "description"));
        if (Encoding.UTF8.GetByteCount(detail.Name ?? "") + Encoding.UTF8.GetByteCount(detail.Description ?? "") > MaxDetailBytes)
            throw new UnprocessableEventException($"the thing is larger than {MaxDetailBytes} bytes");
        return new ThingChange(id, document.Order, document.Timestamp, detail);
    }

    private static string CheckedId(string id) =>
        EntityLimits.FaultOfId(id) is { } fault ? throw new UnprocessableEventException(fault) : id;

    private static JsonElement? Image(JsonElement thing, string name) =>
        thing.TryGetProperty(name, out var image) && image.ValueKind is JsonValueKind.Object ? image : null;

    private static string? Text(JsonElement image, string name)
    {
        if (!image.TryGetProperty(name, out var member) || member.ValueKind is JsonValueKind.Null)
            return null;
        return member.ValueKind is JsonValueKind.String ? member.GetString() : throw new UnprocessableEventException($"the thing's {name} is no text");
    }
}
