using System.Globalization;
using CloudNative.Local.Resources;

namespace CloudNative.Local.Bindings;

/// <summary>The metadata of a bindings.http component.</summary>
/// <param name="ResponseTimeout">For the whole exchange; null: none (the default).</param>
/// <param name="MaxResponseBodySize">Bytes kept of an answer, the rest is cut without a word; default 100 MiB.</param>
internal sealed record HttpBindingOptions(
    string Url,
    TimeSpan? ResponseTimeout,
    long MaxResponseBodySize,
    bool ErrorIfNot2XX,
    string? SecurityToken,
    string? SecurityTokenHeader)
{
    private const long DefaultMaxResponseBodySize = 100L << 20;
    private static readonly string[] NotServed = ["MTLSRootCA", "MTLSClientCert", "MTLSClientKey", "MTLSRenegotiation"];

    /// <exception cref="ComponentInitException">A value is missing or wrong.</exception>
    public static HttpBindingOptions Read(Component component)
    {
        var settings = new ComponentSettings(component);
        foreach (var key in NotServed)
        {
            if (settings.Optional(key) is not null)
                throw settings.Refused(key, "client certificates are not served here", "leave it out, or run this app under daprd");
        }
        var url = settings.Required("url", "https://api.github.com");
        try
        {
            UpstreamUrl.Parse(url);
        }
        catch (UriFormatException failure)
        {
            throw settings.Refused("url", $"'{url}' is no http address", "write for example 'https://api.github.com'", failure);
        }
        var timeout = settings.Duration("responseTimeout", TimeSpan.Zero);
        return new HttpBindingOptions(
            url,
            timeout > TimeSpan.Zero ? timeout : null,
            Size(settings, "maxResponseBodySize"),
            settings.Flag("errorIfNot2XX", otherwise: true),
            settings.Optional("securityToken"),
            settings.Optional("securityTokenHeader"));
    }

    /// <summary>A number of bytes, with the suffixes of a Kubernetes quantity.</summary>
    private static long Size(ComponentSettings settings, string key)
    {
        if (settings.Optional(key) is not { } text)
            return DefaultMaxResponseBodySize;
        var digits = text.TrimEnd('K', 'k', 'M', 'G', 'T', 'i');
        long? unit = text[digits.Length..] switch
        {
            "" => 1,
            "k" => 1_000,
            "M" => 1_000_000,
            "G" => 1_000_000_000,
            "Ki" => 1L << 10,
            "Mi" => 1L << 20,
            "Gi" => 1L << 30,
            _ => null,
        };
        return unit is { } bytes && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            ? (long)(count * bytes)
            : throw settings.Refused(key, $"'{text}' is no size", "write a number of bytes, or for example '100Mi'");
    }
}
