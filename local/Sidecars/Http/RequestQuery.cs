using Microsoft.AspNetCore.Http.Features;

namespace CloudNative.Local.Sidecars.Http;

/// <summary>The query of a request, decoded; the first of several values of one name counts.</summary>
internal static class RequestQuery
{
    private const string MetadataPrefix = "metadata.";

    private static readonly IReadOnlyDictionary<string, string> Empty = new Dictionary<string, string>();

    public static string Value(HttpContext context, string name) => Parse(Query(context)).GetValueOrDefault(name, "");

    /// <summary>What was sent as <c>metadata.name=value</c>, by name.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(HttpContext context)
    {
        var query = Query(context);
        if (query.Length == 0)
            return Empty;
        return Parse(query)
            .Where(pair => pair.Key.StartsWith(MetadataPrefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[MetadataPrefix.Length..], pair => pair.Value, StringComparer.Ordinal);
    }

    private static string Query(HttpContext context) => context.Features.GetRequiredFeature<RequestTarget>().Query;

    private static Dictionary<string, string> Parse(string query)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = RequestTarget.Decode(equals < 0 ? pair : pair[..equals]);
            values.TryAdd(name, equals < 0 ? "" : RequestTarget.Decode(pair[(equals + 1)..]));
        }
        return values;
    }
}
