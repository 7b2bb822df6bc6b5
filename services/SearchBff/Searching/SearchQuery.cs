using System.Globalization;
using CloudNative.SearchBff.Indexing;
using Microsoft.AspNetCore.WebUtilities;

namespace CloudNative.SearchBff.Searching;

/// <summary>The parameters of a search, read and checked. <paramref name="Text"/> is composed, without white space around, perhaps empty.</summary>
internal sealed record SearchQuery(string Text, int Limit, SearchPosition? After)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    /// <summary>Characters of a query. Far more words than a person types, and far fewer than an engine's limit of 1,024 clauses.</summary>
    public const int MaxTextLength = 256;

    /// <summary>Where something is wrong, the query is null and the errors say what.</summary>
    public static (SearchQuery? Query, Dictionary<string, string[]> Errors) Parse(IQueryCollection parameters)
    {
        var errors = new Dictionary<string, string[]>();
        var text = Unicode.Composed((One(parameters, "q", errors) ?? "").Trim());
        if (text.Length > MaxTextLength)
            errors["q"] = [$"has at most {MaxTextLength} characters"];
        var limit = ReadLimit(parameters, errors);
        SearchPosition? after = null;
        if (One(parameters, "cursor", errors) is { } cursor && (after = SearchCursor.Read(cursor, text)) is null)
            errors["cursor"] = ["is not a cursor of this search"];
        return (errors.Count == 0 ? new SearchQuery(text, limit, after) : null, errors);
    }

    /// <summary>The address of the page behind that place.</summary>
    public string AddressOf(SearchPosition next) => QueryHelpers.AddQueryString("/search", new Dictionary<string, string?>
    {
        ["q"] = Text,
        ["limit"] = Limit.ToString(CultureInfo.InvariantCulture),
        ["cursor"] = SearchCursor.Write(next, Text),
    });

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
