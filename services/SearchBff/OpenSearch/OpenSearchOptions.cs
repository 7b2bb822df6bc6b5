namespace CloudNative.SearchBff.OpenSearch;

/// <summary>A real OpenSearch, used instead of the embedded engine where a URL is given. Settings <c>OpenSearch__...</c>.</summary>
public sealed class OpenSearchOptions
{
    public const string Section = "OpenSearch";

    /// <summary>The endpoint, such as https://search-things.eu-central-1.es.amazonaws.com; empty: the embedded engine.</summary>
    public string Url { get; set; } = "";

    /// <summary>The alias that is searched and written; indices are called <c>&lt;alias&gt;-&lt;n&gt;</c>.</summary>
    public string Alias { get; set; } = "things";

    /// <summary>Replicas of a new index. Default 1; 0 for a single node.</summary>
    public int Replicas { get; set; } = 1;

    /// <summary>User for basic authentication; empty: none. The password is secret <see cref="PasswordSecret"/> of the secret store.</summary>
    public string User { get; set; } = "";

    public string PasswordSecret { get; set; } = "opensearch-password";

    /// <summary>Signs requests for Amazon in this region; empty: no signing.</summary>
    public string Region { get; set; } = "";

    /// <summary>What is signed for: <c>es</c> for a domain, <c>aoss</c> for OpenSearch Serverless.</summary>
    public string Service { get; set; } = "es";

    /// <summary>The longest a single request may take. Default 10 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The wait before the first repetition; it doubles with each. Default 200 ms.</summary>
    public TimeSpan Backoff { get; set; } = TimeSpan.FromMilliseconds(200);

    internal bool IsValid() =>
        (Url.Length == 0 || (Uri.TryCreate(Url, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https")))
        && Alias.Length > 0 && Replicas >= 0 && RequestTimeout > TimeSpan.Zero && Backoff > TimeSpan.Zero
        && (User.Length == 0 || Region.Length == 0);
}
