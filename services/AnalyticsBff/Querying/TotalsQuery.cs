using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace CloudNative.AnalyticsBff;

/// <summary>A place in the listing: the month and user of the row before it.</summary>
internal sealed record TotalsPosition(string Month, string User)
{
    private const int MonthLength = 7;

    public override string ToString() => Month + User;

    public static TotalsPosition Parse(string text) => new(text[..MonthLength], text[MonthLength..]);
}

/// <summary>Which totals: of one user (null: all), of the months from and to, both inclusive (yyyy-MM; null: no bound).</summary>
internal sealed record TotalsQuery(string? UserId, string? From, string? To, int Limit, string? Cursor)
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    /// <summary>What a cursor belongs to.</summary>
    public string Filter => $"{UserId?.Length ?? -1}:{UserId}|{From}|{To}";

    /// <summary>Reads the parameters of a request; where some are bad, the query is null and the errors say which. An empty one is absent.</summary>
    public static (TotalsQuery? Query, Dictionary<string, string[]> Errors) Parse(IQueryCollection parameters)
    {
        var errors = new Dictionary<string, string[]>();
        var query = new TotalsQuery(
            One(parameters, "userId", errors),
            Month(parameters, "from", errors),
            Month(parameters, "to", errors),
            ReadLimit(parameters, errors),
            One(parameters, "cursor", errors));
        return (errors.Count == 0 ? query : null, errors);
    }

    public bool Takes(string month) =>
        (From is null || string.CompareOrdinal(month, From) >= 0) && (To is null || string.CompareOrdinal(month, To) <= 0);

    /// <summary>The address of the page that begins at a cursor.</summary>
    public string AddressOf(string cursor)
    {
        var parameters = new Dictionary<string, string?>();
        foreach (var (name, value) in new[] { ("userId", UserId), ("from", From), ("to", To) })
        {
            if (value is not null)
                parameters[name] = value;
        }

        parameters["limit"] = Limit.ToString(CultureInfo.InvariantCulture);
        parameters["cursor"] = cursor;
        return QueryHelpers.AddQueryString("/query", parameters);
    }

    private static string? Month(IQueryCollection parameters, string name, Dictionary<string, string[]> errors)
    {
        if (One(parameters, name, errors) is not { } text)
            return null;
        if (DateTime.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            return text;
        errors[name] = ["is a month: yyyy-MM"];
        return null;
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

    private static string? One(IQueryCollection parameters, string name, Dictionary<string, string[]> errors)
    {
        var values = parameters[name];
        if (values.Count > 1)
            errors[name] = ["is given more than once"];
        return values.Count == 0 || string.IsNullOrEmpty(values[0]) ? null : values[0];
    }
}
