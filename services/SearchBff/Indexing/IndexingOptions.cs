namespace CloudNative.SearchBff.Indexing;

/// <summary>How the index is written. Settings <c>Indexing__...</c>.</summary>
public sealed class IndexingOptions
{
    public const string Section = "Indexing";

    /// <summary>The most entries of one write. Default 500: about 1 MB of small things, what an engine likes best.</summary>
    public int BatchEntries { get; set; } = 500;

    /// <summary>The most characters of text in one write, above which it is closed. Default 2 Mi.</summary>
    public int BatchCharacters { get; set; } = 2 * 1024 * 1024;

    /// <summary>From an event to its entry, as much as it should take. Default 250 ms; an OpenSearch's refresh comes on top.</summary>
    public TimeSpan LatencyBudget { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long a tombstone stays in the index. Default 30 days: longer than a stream, a dead letter or a replay holds back an older event.
    /// The view's own tombstone stays for good.
    /// </summary>
    public TimeSpan TombstoneAge { get; set; } = TimeSpan.FromDays(30);

    internal bool IsValid() =>
        this is { BatchEntries: >= 1 and <= 10_000, BatchCharacters: >= 1024 } && LatencyBudget > TimeSpan.Zero && TombstoneAge >= TimeSpan.FromHours(1);
}
