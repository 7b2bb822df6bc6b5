namespace CloudNative.DataLake;

/// <summary>How the lake buffers and flushes. Settings <c>Lake__...</c>.</summary>
public sealed class LakeOptions
{
    public const string Section = "Lake";

    /// <summary>So many buffered events are flushed at once, before their age asks for it. Default 1,000.</summary>
    public int FlushEvents { get; set; } = 1000;

    /// <summary>The longest an event stays buffered while this process runs. Default 5 s.</summary>
    public TimeSpan FlushAge { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Buffer pages of all replicas together; may grow, and shrink only while all are empty. Default 256: with pages of the
    /// default size about 4 MiB, or 4,000 events of 1 KiB, may wait while the bucket is away.
    /// </summary>
    public int Pages { get; set; } = 256;

    /// <summary>
    /// A page this large in bytes takes no more events. Each append rewrites its page and reads it back, so this bounds what an append costs.
    /// Default 16 KiB; at most 64 KiB, so that a page with the largest buffered event fits into 400 KB, the item of the smallest store.
    /// </summary>
    public int PageBytes { get; set; } = 16 * 1024;

    /// <summary>The most events in one transaction. Default 64, at most 90: DynamoDB takes 100 operations.</summary>
    public int BatchEvents { get; set; } = 64;

    /// <summary>How long an event id is remembered from its arrival. Default 8 days: longer than the stream keeps events.</summary>
    public TimeSpan MarkerTimeToLive { get; set; } = TimeSpan.FromDays(8);

    /// <summary>A page or plan of another process that has not changed for so long is taken over. Default 10 s.</summary>
    public TimeSpan OrphanAge { get; set; } = TimeSpan.FromSeconds(10);

    internal bool IsValid() =>
        this is { FlushEvents: >= 1, Pages: >= 2 and <= 4096, PageBytes: >= 1024 and <= 64 * 1024, BatchEvents: >= 1 and <= 90 }
        && FlushAge > TimeSpan.Zero && OrphanAge > TimeSpan.Zero && MarkerTimeToLive >= TimeSpan.FromMinutes(1);
}
