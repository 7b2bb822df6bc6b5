using System.Globalization;
using System.Text.Json;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Options;

namespace CloudNative.AnalyticsBff;

/// <summary>
/// What an event counts for. A retraction <c>{type: "retraction", retraction: {id, type, timestamp}}</c> under the key of the event it names takes
/// that event back, once, however many retractions name it and whichever comes first.
/// </summary>
internal sealed class CountingRules(TypeFilter filter, IOptions<AnalyticsOptions> options)
{
    public const string RetractionType = "retraction";

    /// <summary>Characters of a partition key: what Kinesis takes, and what a cursor has room for.</summary>
    public const int MaxKeyLength = 256;

    /// <summary>Null where the event is not counted here.</summary>
    /// <exception cref="UnprocessableEventException">The event can never be counted as it is.</exception>
    public Increment? Of(EventDocument document, DateTimeOffset now)
    {
        var (id, type, timestamp) = document.Type == RetractionType ? Retracted(document) : (document.Id, document.Type, document.Timestamp);
        if (!filter.Takes(type))
            return null;
        if (document.PartitionKey.Length > MaxKeyLength)
            throw new UnprocessableEventException($"the partitionKey has more than {MaxKeyLength} characters");
        var time = DateTimeOffset.FromUnixTimeMilliseconds(timestamp);
        if (time > now + options.Value.FutureTolerance)
            throw new UnprocessableEventException("the timestamp lies too far in the future");
        var retracts = document.Type == RetractionType;
        return new Increment(
            $"{(retracts ? "retracted" : "counted")}-{StateKey.ForId(id)}",
            document.PartitionKey,
            time.ToString("yyyy-MM", CultureInfo.InvariantCulture),
            ColumnName.Of(type),
            retracts ? -1 : 1);
    }

    private static (string Id, string Type, long Timestamp) Retracted(EventDocument document)
    {
        using var json = JsonDocument.Parse(document.Json);
        if (json.RootElement.TryGetProperty("retraction", out var retraction) && retraction.ValueKind == JsonValueKind.Object
            && Text(retraction, "id") is { } id && Text(retraction, "type") is { } type
            && retraction.TryGetProperty("timestamp", out var member) && member.ValueKind == JsonValueKind.Number
            && member.TryGetInt64(out var timestamp) && IsTime(timestamp))
            return (id, type, timestamp);
        throw new UnprocessableEventException("a retraction names id, type and timestamp of the event it takes back");
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text ? text : null;

    private static bool IsTime(long milliseconds) =>
        milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
}
