using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Listening;

namespace CloudNative.SearchBff.Detailing;

/// <summary>
/// thing-created, -updated, -deleted: the view, then the detail object, then the notification. Safe to run twice and in any order: the view
/// takes only what is newer, and every run, of an old event too, leaves the object as the view says. An object is only removed behind its
/// index entry, by whoever reads the notification.
/// </summary>
internal sealed class OnThingChanged(ThingViews views, DetailObjects objects, IEventPublisher publisher) : IEventHandler
{
    public async ValueTask HandleAsync(EventDocument document, CancellationToken cancellationToken)
    {
        var view = await views.MergeAsync(ThingChange.Read(document), cancellationToken);
        view = await WriteObjectAsync(view, cancellationToken);
        await publisher.PublishAsync(DetailChanged.Of(view, document), cancellationToken);
    }

    // Objects have no guards: of two writers the slower may put the older detail over the newer. So each looks once more after writing,
    // and the last one to write sees what it should have been.
    private async ValueTask<ThingView> WriteObjectAsync(ThingView view, CancellationToken cancellationToken)
    {
        while (view.Detail is { } detail)
        {
            await objects.PutAsync(detail, cancellationToken);
            var now = await views.FindAsync(view.Id, cancellationToken) ?? view;
            if (now.Revision == view.Revision)
                return now;
            view = now;
        }

        return view;
    }
}
