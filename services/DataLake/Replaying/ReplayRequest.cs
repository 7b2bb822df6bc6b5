using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace CloudNative.DataLake;

/// <summary>The body of <c>POST /replay</c>.</summary>
/// <param name="From">First timestamp, inclusive: ms since 1970 or ISO 8601. Required.</param>
/// <param name="To">Last timestamp, exclusive. Required.</param>
/// <param name="TypePrefix">Only types that begin so; absent for all.</param>
/// <param name="Target">The one app that handles what is replayed. Required.</param>
/// <param name="Limit">The most events of this call; the answer's <c>resume</c> goes on where it ended. Absent: all.</param>
/// <param name="EventsPerSecond">The most events published per second; absent: as fast as the stream takes them.</param>
/// <param name="DryRun">Counts and publishes nothing.</param>
/// <param name="Resume">The marker an earlier call of the same replay ended with.</param>
internal sealed record ReplayRequest(
    JsonElement? From,
    JsonElement? To,
    string? Type,
    string? TypePrefix,
    string? PartitionKey,
    string? Target,
    int? Limit,
    int? EventsPerSecond,
    bool? DryRun,
    string? Resume)
{
    private const int MaxTargetLength = 128;

    /// <summary>What is to be done; null where members are bad, and the errors say which.</summary>
    public (ReplayOrder? Order, Dictionary<string, string[]> Errors) Read()
    {
        var (query, errors) = EventQuery.Parse(new QueryCollection(Parameters()));
        if (errors.Remove("cursor", out var ofCursor))
            errors["resume"] = ofCursor;
        foreach (var (name, value) in new[] { ("from", From), ("to", To) })
        {
            if (Text(value) is null)
                errors[name] = ["is required: a time in ms since 1970, or in ISO 8601"];
        }

        if (Target is not { Length: >= 1 and <= MaxTargetLength })
            errors["target"] = [$"is required: the id of the app to replay to, at most {MaxTargetLength} characters"];
        if (Limit < 1)
            errors["limit"] = ["is at least 1"];
        if (EventsPerSecond < 1)
            errors["eventsPerSecond"] = ["is at least 1"];
        return errors.Count > 0 ? (null, errors) : (new ReplayOrder(query!, TypePrefix, Target!, Limit, EventsPerSecond, DryRun ?? false), errors);
    }

    // The filters are those of a listing and are read by its rules.
    private Dictionary<string, StringValues> Parameters()
    {
        var parameters = new Dictionary<string, StringValues>();
        foreach (var (name, value) in new[] { ("from", Text(From)), ("to", Text(To)), ("type", Type), ("partitionKey", PartitionKey), ("cursor", Resume) })
        {
            if (value is not null)
                parameters[name] = value;
        }

        return parameters;
    }

    private static string? Text(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString() is { Length: > 0 } given ? given : null,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        null or { ValueKind: JsonValueKind.Null } => null,
        // Refused as no time by the listing's rules.
        _ => "?",
    };
}

/// <summary>A replay that can be carried out. <paramref name="Limit"/> null: everything that matches.</summary>
internal sealed record ReplayOrder(EventQuery Query, string? TypePrefix, string Target, int? Limit, int? EventsPerSecond, bool DryRun)
{
    public bool Matches(LakeLine line) => TypePrefix is null || line.Type.StartsWith(TypePrefix, StringComparison.Ordinal);
}
