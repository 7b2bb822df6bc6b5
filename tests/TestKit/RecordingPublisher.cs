using CloudNative.BuildingBlocks.Events;

namespace CloudNative.TestKit;

/// <summary>Keeps what is published, in order; refuses while <see cref="IsAway"/>.</summary>
public sealed class RecordingPublisher : IEventPublisher
{
    private readonly Lock _gate = new();
    private readonly List<OutgoingEvent> _published = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _awaited = [];

    public bool IsAway { get; set; }

    public IReadOnlyList<OutgoingEvent> Published
    {
        get
        {
            lock (_gate)
                return [.. _published];
        }
    }

    public async ValueTask PublishAsync(OutgoingEvent outgoing, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        if (IsAway)
            throw new EventPublishException("The stream is away.");
        lock (_gate)
        {
            _published.Add(outgoing);
            foreach (var (count, reached) in _awaited)
            {
                if (_published.Count >= count)
                    reached.TrySetResult();
            }
        }
    }

    /// <summary>Completes when that many events have been published since the beginning; fails after 10 s.</summary>
    public async Task<IReadOnlyList<OutgoingEvent>> WaitForAsync(int count, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_published.Count >= count)
                return [.. _published];
            _awaited.Add((count, reached));
        }

        await reached.Task.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
        return Published;
    }
}
