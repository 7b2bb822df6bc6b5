using CloudNative.BuildingBlocks.Events;

namespace CloudNative.BuildingBlocks.Listening;

/// <summary>
/// Handles events of the types it is registered for. Events come at least once and, across keys, in any order: a handler is safe to
/// run twice, and says how. Returning acknowledges the event. An exception means it comes again, see <see cref="UnprocessableEventException"/>
/// for what never should.
/// </summary>
public interface IEventHandler
{
    ValueTask HandleAsync(EventDocument document, CancellationToken cancellationToken);
}

/// <summary>
/// The event can never be handled, however often it comes: it becomes a fault at once. The reason is published and logged, so it
/// names members and rules and quotes no content.
/// </summary>
public sealed class UnprocessableEventException(string reason) : Exception(reason);
