using System.Text.Json;
using CloudNative.BuildingBlocks.Events;

namespace CloudNative.ThingsBff;

/// <summary>An event as the stream got it; <paramref name="Thing"/> holds the images.</summary>
internal sealed record ToldEvent(string Id, string Type, string PartitionKey, long Version, JsonElement Thing);

/// <summary>A stream that keeps what is published, in order, and lets a test wait for it.</summary>
internal sealed class RecordedEvents : IEventPublisher
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly Lock gate = new();
    private readonly List<ToldEvent> events = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask PublishAsync(OutgoingEvent outgoing, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(outgoing.Document);
        var root = document.RootElement.Clone();
        Add(new ToldEvent(outgoing.Id, outgoing.Type, outgoing.PartitionKey, root.GetProperty("version").GetInt64(), root.GetProperty("thing")));
        return ValueTask.CompletedTask;
    }

    public void Add(ToldEvent told)
    {
        lock (gate)
        {
            events.Add(told);
            changed.SetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>All events once there are as many as expected; a later one that should not be shows in the count.</summary>
    public async Task<IReadOnlyList<ToldEvent>> WaitForAsync(int count)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (events.Count >= count)
                    return [.. events];
                next = changed.Task;
            }

            await next.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        }
    }
}
