namespace CloudNative.SearchBff.Embedded;

/// <summary>The embedded search engine, used where no OpenSearch is configured. Settings <c>EmbeddedIndex__...</c>.</summary>
public sealed class EmbeddedIndexOptions
{
    public const string Section = "EmbeddedIndex";

    /// <summary>Where the index lies; one process at a time can have it open. Relative to the service's folder.</summary>
    public string Folder { get; set; } = "../../.local/search-index";

    /// <summary>How long the state of the index that a client pages through is kept at least. Default 1 min, at most 1 h: each holds its files.</summary>
    public TimeSpan ViewAge { get; set; } = TimeSpan.FromMinutes(1);

    internal bool IsValid() => Folder.Length > 0 && ViewAge > TimeSpan.Zero && ViewAge <= TimeSpan.FromHours(1);
}
