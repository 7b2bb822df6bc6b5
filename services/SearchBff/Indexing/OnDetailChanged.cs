using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.SearchBff.Detailing;

namespace CloudNative.SearchBff.Indexing;

/// <summary>
/// Brings the index to what the view says now. Before an entry its object is there; before an object goes, its entry is out of every
/// search. Safe to run twice and late: it looks instead of believing the notification, and the index takes newer versions only.
/// </summary>
internal sealed class OnDetailChanged(ThingViews views, DetailObjects objects, IndexQueue index, IndexingMetrics metrics) : IEventHandler
{
    public async ValueTask HandleAsync(EventDocument document, CancellationToken cancellationToken)
    {
        var (id, replayed) = DetailChanged.Read(document);
        if (await views.FindAsync(id, cancellationToken) is not { } view)
            return;
        if (view.Detail is { } detail)
        {
            // A deletion handled just before may have removed what its successor had written already.
            await objects.EnsureAsync(detail, cancellationToken);
            await index.WriteAsync(EntryOf(view), cancellationToken);
        }
        else
        {
            await index.WriteAsync(EntryOf(view), cancellationToken);
            await objects.RemoveAsync(id, cancellationToken);
        }

        if (!replayed)
            metrics.Indexed(document.Time);
    }

    private static IndexEntry EntryOf(ThingView view) => new(
        ThingKey.Of(view.Id),
        view.Id,
        view.Revision,
        Unicode.Composed(view.Detail?.Name),
        Unicode.Composed(view.Detail?.Description),
        view.IsDeleted ? view.Timestamp : null);
}
