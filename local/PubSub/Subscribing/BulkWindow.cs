namespace CloudNative.Local.PubSub.Subscribing;

/// <summary>How the events of a bulk subscription are gathered: until there are so many, or for so long after the first.</summary>
/// <param name="MaxMessages">Default 100.</param>
/// <param name="MaxAwait">Default 1 s.</param>
internal sealed record BulkWindow(int MaxMessages, TimeSpan MaxAwait)
{
    private const int DefaultMessages = 100;
    private const int DefaultAwaitMilliseconds = 1000;

    /// <summary>What is absent or not above zero is the default.</summary>
    public static BulkWindow Of(int? maxMessagesCount, int? maxAwaitDurationMs) => new(
        maxMessagesCount is > 0 and var count ? count : DefaultMessages,
        TimeSpan.FromMilliseconds(maxAwaitDurationMs is > 0 and var duration ? duration : DefaultAwaitMilliseconds));
}
