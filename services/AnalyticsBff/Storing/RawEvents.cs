using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Options;

namespace CloudNative.AnalyticsBff;

/// <summary>The micro event store: counted events as they came, until an hour after their timestamp. No total hangs on them.</summary>
internal sealed class RawEvents(IStateStore store, IOptions<AnalyticsOptions> options, TimeProvider time)
{
    /// <summary>Bytes; a larger event is counted and not kept. An item of DynamoDB ends at 400 KB.</summary>
    public const int MaxBytes = 256 * 1024;

    public static string KeyOf(string eventId) => $"event-{StateKey.ForId(eventId)}";

    /// <summary>The write that keeps an event; null where it is past its time already, too large, or <paramref name="seen"/> to be kept.</summary>
    public StateWrite? Write(EventDocument document, IReadOnlyDictionary<string, StateEntry> seen)
    {
        var left = document.Time + options.Value.RawTimeToLive - time.GetUtcNow();
        var key = KeyOf(document.Id);
        return left < TimeSpan.FromSeconds(1) || document.Json.Length > MaxBytes || (seen.TryGetValue(key, out var kept) && kept.Exists)
            ? null
            : new StateWrite(key, document.Json, null, left);
    }

    public async ValueTask<ReadOnlyMemory<byte>?> FindAsync(string eventId, CancellationToken cancellationToken)
    {
        var entry = await store.GetAsync(KeyOf(eventId), cancellationToken);
        // Not a conditional: there null would become empty bytes.
        if (!entry.Exists)
            return null;
        return entry.Value;
    }
}
