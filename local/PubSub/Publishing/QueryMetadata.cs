using System.Net;

namespace CloudNative.Local.PubSub.Publishing;

/// <summary>Metadata in a query string: <c>metadata.&lt;key&gt;=&lt;value&gt;</c>, keys as spelt, the first value of a key counts.</summary>
internal static class QueryMetadata
{
    public static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    private const string Prefix = "metadata.";

    public static IReadOnlyDictionary<string, string> From(string? query)
    {
        if (query is null || !query.Contains(Prefix, StringComparison.Ordinal))
            return None;
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.TrimStart('?').Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = WebUtility.UrlDecode(equals < 0 ? pair : pair[..equals]);
            if (name.StartsWith(Prefix, StringComparison.Ordinal))
                metadata.TryAdd(name[Prefix.Length..], equals < 0 ? "" : WebUtility.UrlDecode(pair[(equals + 1)..]));
        }

        return metadata;
    }
}
