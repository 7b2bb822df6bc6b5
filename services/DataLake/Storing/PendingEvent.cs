using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.DataLake;

/// <summary>What is handed to the one writer: an event to store, or the wish that the open page be sealed.</summary>
internal abstract class WriterWork
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<WriterWork> followers = [];

    /// <summary>Completes when the work is durable.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => done.Task.WaitAsync(cancellationToken);

    /// <summary>Ends as <paramref name="leader"/> ends.</summary>
    public void Follow(WriterWork leader) => leader.followers.Add(this);

    public void Complete()
    {
        done.TrySetResult();
        followers.ForEach(follower => follower.Complete());
    }

    public void Fail(Exception failure)
    {
        done.TrySetException(failure);
        followers.ForEach(follower => follower.Fail(failure));
    }
}

internal sealed class SealOpenPage : WriterWork;

internal sealed class PendingEvent(EventDocument document) : WriterWork
{
    public string Id { get; } = document.Id;

    public bool IsFault { get; } = document.Type == BuildingBlocks.Faults.FaultEvent.Type;

    public ReadOnlyMemory<byte> Line { get; } = LakeLine.Of(document.Json);

    public string MarkerKey => MarkerKeyOf(Id);

    public static string MarkerKeyOf(string eventId) => $"marker-{StateKey.ForId(eventId)}";

    /// <summary>The document that says: this event is stored. First-write, so an event is in one page only.</summary>
    public static StateWrite Marker(string eventId, TimeSpan timeToLive) => new(MarkerKeyOf(eventId), "1"u8.ToArray(), null, timeToLive);
}
