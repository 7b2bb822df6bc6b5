using CloudNative.Local.Sidecars;
using CloudNative.Local.State;

namespace CloudNative.Local.PubSub.Publishing;

/// <summary>Says in words that a state store's built-in outbox is not served here.</summary>
internal sealed partial class OutboxNotice
{
    private const string Key = "outboxPublishPubsub";

    public static void Tell(IEnumerable<Loaded<IStateComponent>> stores, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<OutboxNotice>();
        foreach (var store in stores.Where(store => store.Resource.Metadata.GetValueOrDefault(Key) is { Length: > 0 }))
            LogNotServed(logger, store.Resource.Name, Key);
    }

    [LoggerMessage(LogLevel.Warning, "State store {Store}: {Key} is not served by this local runtime, its transactions publish nothing; write the event in the transaction and publish it afterwards, as the outbox of the building blocks does")]
    private static partial void LogNotServed(ILogger logger, string store, string key);
}
