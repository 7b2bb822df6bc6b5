using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Listening;

namespace CloudNative.DataLake;

/// <summary>
/// Stores every event once. Safe to run twice: the marker of its id is written only once. What a replay publishes again is in the
/// lake already.
/// </summary>
internal sealed class StoreEvent(LakeWriter writer, LargeEvents large) : IEventHandler
{
    public async ValueTask HandleAsync(EventDocument document, CancellationToken cancellationToken)
    {
        if (document.Replayed)
            return;
        var pending = new PendingEvent(document);
        if (pending.Line.Length > LargeEvents.Threshold)
            await large.StoreAsync(pending, document.Timestamp, cancellationToken);
        else
            await writer.StoreAsync(pending, cancellationToken);
    }
}
