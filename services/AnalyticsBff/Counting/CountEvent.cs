using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Listening;

namespace CloudNative.AnalyticsBff;

/// <summary>
/// Counts every event once. Safe to run twice: the marker of its id is written only once, in the transaction that counts it.
/// </summary>
internal sealed class CountEvent(CountingRules rules, CounterWriter writer, TimeProvider time) : IEventHandler
{
    public async ValueTask HandleAsync(EventDocument document, CancellationToken cancellationToken)
    {
        if (rules.Of(document, time.GetUtcNow()) is { } increment)
            await writer.CountAsync(new PendingEvent(document, increment), cancellationToken);
    }
}
