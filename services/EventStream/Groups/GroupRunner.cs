using CloudNative.EventStream.Shards;
using Microsoft.Extensions.Logging;

namespace CloudNative.EventStream.Groups;

/// <summary>Keeps one consumer group going: opens it, reads its shards, stores its progress. Outlives the group's streams.</summary>
internal sealed partial class GroupRunner : IAsyncDisposable
{
    private readonly IShardStore log;
    private readonly ICheckpointStore checkpoints;
    private readonly EventStreamOptions options;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;

    /// <summary>Fixes the start position of a new group before it returns: what is appended afterwards belongs to the group.</summary>
    public GroupRunner(
        GroupTopic name,
        InitialPosition initialPosition,
        IShardStore log,
        ICheckpointStore checkpoints,
        EventStreamOptions options,
        TimeProvider timeProvider,
        ILogger logger)
    {
        this.log = log;
        this.checkpoints = checkpoints;
        this.options = options;
        this.timeProvider = timeProvider;
        this.logger = logger;
        Group = new ConsumerGroup(name, options, timeProvider);
        var start = initialPosition == InitialPosition.Latest ? log.Latest : Records.SequenceNumber.TrimHorizon;
        // Not cancelled by an early end: a position that was promised must be found by the next process.
        var opening = checkpoints.OpenGroupAsync(name, start, CancellationToken.None);
        running = Task.Run(() => RunAsync(opening, start, stopping.Token));
    }

    public ConsumerGroup Group { get; }

    /// <summary>Stores what the group finished since the last time.</summary>
    public async Task SaveProgressAsync(CancellationToken cancellationToken)
    {
        var progress = Group.Progress();
        if (progress.IsEmpty)
            return;

        try
        {
            await checkpoints.SaveAsync(Group.Name, progress, cancellationToken);
            Group.HasStored(progress);
        }
        catch (EventStreamUnavailableException)
        {
            LogProgressNotStored(Group.Name.Group);
        }
    }

    /// <summary>Stops reading and stores the progress; the streams must be gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        await SaveProgressAsync(CancellationToken.None);
        Group.Dispose();
        stopping.Dispose();
    }

    private async Task RunAsync(Task<GroupPosition> opening, Records.SequenceNumber start, CancellationToken cancellationToken)
    {
        try
        {
            var windows = Group.Open(await OpenAsync(opening, start, cancellationToken));
            await Task.WhenAll(windows.Select(window =>
                new ShardReader(Group, window, log, checkpoints, options, timeProvider, logger).RunAsync(cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Disposed; what is in the window is read again by the next process.
        }
    }

    private async Task<GroupPosition> OpenAsync(Task<GroupPosition> opening, Records.SequenceNumber start, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await opening;
            }
            catch (EventStreamUnavailableException)
            {
                LogNotOpened(Group.Name.Group);
                await Task.Delay(options.StoreRetryDelay, timeProvider, cancellationToken);
                opening = checkpoints.OpenGroupAsync(Group.Name, start, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Progress of group {Group} could not be stored: tried again")]
    private partial void LogProgressNotStored(string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group {Group} could not be opened: the store is away, it is asked again")]
    private partial void LogNotOpened(string group);
}
