namespace CloudNative.SearchBff.Rebuilding;

/// <summary>How the index is built anew. Settings <c>Rebuild__...</c>.</summary>
public sealed class RebuildOptions
{
    public const string Section = "Rebuild";

    /// <summary>The app that replays events.</summary>
    public string Lake { get; set; } = "data-lake";

    /// <summary>Time between two comparisons of the new index with the old one. Default 1 s.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the new index may come no closer to the old one before the lake is asked again. Default 30 s.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the lake is asked at most. What is still missing then is told, and nothing is switched. Default 3.</summary>
    public int Rounds { get; set; } = 3;

    internal bool IsValid() => Lake.Length > 0 && Poll > TimeSpan.Zero && Patience > TimeSpan.Zero && Rounds >= 1;
}
