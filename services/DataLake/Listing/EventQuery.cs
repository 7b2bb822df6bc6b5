using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace CloudNative.DataLake;

/// <summary>Which events to list: [From, To) in ms since 1970, of one type, of one key; null for all. What comes after the cursor, null: from the start.</summary>
internal sealed record EventQuery(long From, long To, string? Type, string? PartitionKey, int Limit, LakeCursor? Cursor)
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;
    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The earliest timestamp that can still be listed.</summary>
    public long First => Math.Max(From, Cursor?.Timestamp ?? From);

    public bool Matches(LakeLine line, LakeCursor position) =>
        position.CompareTo(Cursor) > 0 && Matches(line);

    private bool Matches(LakeLine line) =>
        line.Timestamp >= From && line.Timestamp < To
        && (Type is null || line.Type == Type)
        && (PartitionKey is null || line.PartitionKey == PartitionKey);

    /// <summary>Reads the parameters of a request; where some are bad, the query is null and the errors say which.</summary>
    public static (EventQuery? Query, Dictionary<string, string[]> Errors) Parse(IQueryCollection parameters)
    {
        var errors = new Dictionary<string, string[]>();
        var from = Time(parameters, "from", errors) ?? Earliest;
        var to = Time(parameters, "to", errors) ?? Latest;
        var limit = ReadLimit(parameters, errors);
        LakeCursor? cursor = null;
        if (One(parameters, "cursor", errors) is { } text && (cursor = LakeCursor.TryParse(text)) is null)
            errors["cursor"] = ["is not a cursor of this listing"];
        var query = new EventQuery(from, to, One(parameters, "type", errors), One(parameters, "partitionKey", errors), limit, cursor);
        return (errors.Count == 0 ? query : null, errors);
    }

    /// <summary>The address of the page that begins at a cursor.</summary>
    public string AddressOf(LakeCursor next)
    {
        var parameters = new Dictionary<string, string?> { ["limit"] = Limit.ToString(CultureInfo.InvariantCulture), ["cursor"] = next.ToString() };
        if (From != Earliest)
            parameters["from"] = From.ToString(CultureInfo.InvariantCulture);
        if (To != Latest)
            parameters["to"] = To.ToString(CultureInfo.InvariantCulture);
        if (Type is not null)
            parameters["type"] = Type;
        if (PartitionKey is not null)
            parameters["partitionKey"] = PartitionKey;
        return QueryHelpers.AddQueryString("/events", parameters);
    }

    private static int ReadLimit(IQueryCollection parameters, Dictionary<string, string[]> errors)
    {
        if (One(parameters, "limit", errors) is not { } text)
            return DefaultLimit;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit)
            return limit;
        errors["limit"] = [$"is a whole number from 1 to {MaxLimit}"];
        return DefaultLimit;
    }

    private static long? Time(IQueryCollection parameters, string name, Dictionary<string, string[]> errors)
    {
        if (One(parameters, name, errors) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
        {
            if (LakeHour.Contains(milliseconds))
                return milliseconds;
        }
        else if (text.Contains('-', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time.ToUnixTimeMilliseconds();
        }

        errors[name] = ["is a time in ms since 1970, or in ISO 8601"];
        return null;
    }

    private static string? One(IQueryCollection parameters, string name, Dictionary<string, string[]> errors)
    {
        var values = parameters[name];
        if (values.Count > 1)
            errors[name] = ["is given more than once"];
        return values.Count == 0 || string.IsNullOrEmpty(values[0]) ? null : values[0];
    }
}
