using System.Globalization;
using System.Net.Http.Headers;

namespace CloudNative.Local.Bindings;

/// <summary>An upstream's status line and headers as response metadata, in Go's spelling.</summary>
internal static class UpstreamAnswer
{
    public static Dictionary<string, string> Metadata(HttpResponseMessage response)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(metadata, response.Headers.NonValidated);
        Add(metadata, response.Content.Headers.NonValidated);
        var code = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        metadata["statusCode"] = code;
        metadata["status"] = $"{code} {response.ReasonPhrase}";
        return metadata;
    }

    private static void Add(Dictionary<string, string> metadata, HttpHeadersNonValidated headers)
    {
        foreach (var header in headers)
            metadata[Canonical(header.Key)] = string.Join(", ", header.Value);
    }

    /// <summary>A capital at the start and behind each hyphen, small letters else.</summary>
    private static string Canonical(string name) => string.Create(name.Length, name, static (canonical, name) =>
    {
        for (var i = 0; i < name.Length; i++)
            canonical[i] = i == 0 || name[i - 1] == '-' ? char.ToUpperInvariant(name[i]) : char.ToLowerInvariant(name[i]);
    });
}
