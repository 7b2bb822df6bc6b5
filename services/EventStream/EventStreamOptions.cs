namespace CloudNative.EventStream;

/// <summary>Settings of one event stream database.</summary>
/// <param name="DatabaseFile">Path of the SQLite file; its folder is created if absent. One process at a time may open it.</param>
public sealed record EventStreamOptions(string DatabaseFile)
{
    /// <summary>Shards of a topic, fixed when the topic is first used; 1 to 256, default 4.</summary>
    public int ShardsPerTopic { get; init; } = 4;

    /// <summary>How long a record is kept at least; default 7 days. Nothing is trimmed that a known group has not finished.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often expired records are looked for; default 1 minute.</summary>
    public TimeSpan TrimInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often groups store how far they are; default 1 second. More comes again after a crash if it is longer.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Records one group reads ahead of its checkpoint, all shards of a topic together; default 10,000.</summary>
    public int WindowRecords { get; init; } = 10_000;

    /// <summary>Bytes of unfinished records one group holds in memory, all shards of a topic together; default 32 MiB.</summary>
    public int WindowBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Bytes of the newest records of a shard kept in memory, for readers that are up to date; default 4 MiB.</summary>
    public int TailBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Wait after the first failure of a record, doubled with each further one; default 100 ms.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait between two attempts; default 30 s. A handler that takes longer holds up its own key only.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Keys a group may set aside per topic before it stops reading on; default 10,000.</summary>
    public int MaxKeysSetAside { get; init; } = 10_000;

    /// <summary>How long to wait before a store that failed is asked again; default 1 second.</summary>
    public TimeSpan StoreRetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <exception cref="ArgumentException">A setting is out of its range; the message names all of them.</exception>
    internal void Validate()
    {
        var faults = Faults().ToList();
        if (faults.Count > 0)
            throw new ArgumentException($"Event stream settings: {string.Join("; ", faults)}.");
    }

    private IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(DatabaseFile))
            yield return $"{nameof(DatabaseFile)} must be a path";
        if (ShardsPerTopic is < 1 or > 256)
            yield return $"{nameof(ShardsPerTopic)} must be 1 to 256";
        if (WindowRecords < ShardsPerTopic || WindowBytes < ShardsPerTopic)
            yield return $"{nameof(WindowRecords)} and {nameof(WindowBytes)} must be at least one per shard";
        if (TailBytes < 0 || MaxKeysSetAside < 0)
            yield return $"{nameof(TailBytes)} and {nameof(MaxKeysSetAside)} must not be negative";
        if (Retention <= TimeSpan.Zero || TrimInterval <= TimeSpan.Zero || CheckpointInterval <= TimeSpan.Zero || StoreRetryDelay <= TimeSpan.Zero)
            yield return $"{nameof(Retention)}, {nameof(TrimInterval)}, {nameof(CheckpointInterval)} and {nameof(StoreRetryDelay)} must be positive";
        if (InitialBackoff <= TimeSpan.Zero || MaxBackoff < InitialBackoff)
            yield return $"{nameof(InitialBackoff)} must be positive and not above {nameof(MaxBackoff)}";
    }
}
