using CloudNative.EventStream.Shards;
using Microsoft.Extensions.Logging;

namespace CloudNative.EventStream.Groups;

/// <summary>Reads one shard into the window of a group, as far as there is room, and sets aside what would block it.</summary>
internal sealed partial class ShardReader(
    ConsumerGroup group,
    ShardWindow window,
    IShardStore log,
    ICheckpointStore checkpoints,
    EventStreamOptions options,
    TimeProvider timeProvider,
    ILogger logger)
{
    private const int MaxPageRecords = 500;

    /// <summary>Runs until cancelled; a store that fails is asked again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ReadPageAsync(cancellationToken);
            }
            catch (EventStreamUnavailableException)
            {
                LogStoreAway(group.Name.Group, window.ShardId);
                await Task.Delay(options.StoreRetryDelay, timeProvider, cancellationToken);
            }
        }
    }

    private async Task ReadPageAsync(CancellationToken cancellationToken)
    {
        var appended = log.NextAppendAsync(window.ShardId);
        var space = await WaitForSpaceAsync(cancellationToken);
        var page = await log.ReadAsync(window.ShardId, window.LastRead, Math.Min(space, MaxPageRecords), cancellationToken);
        if (page.Count == 0)
            await appended.WaitAsync(cancellationToken);
        else if (group.Add(window, page) is { Count: > 0 } arrivals)
            await SetAsideArrivalsAsync(arrivals, cancellationToken);
    }

    private async Task<int> WaitForSpaceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var space = group.SpaceIn(window, out var change, out var blocking);
            if (space > 0)
                return space;

            if (blocking.Count > 0)
                await SetAsideAsync(blocking, cancellationToken);
            else
                await WaitForChangeAsync(change, cancellationToken);
        }
    }

    private async Task WaitForChangeAsync(Task change, CancellationToken cancellationToken)
    {
        try
        {
            await change.WaitAsync(options.MaxBackoff, timeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
            // A handler that has been running for so long counts as blocking from now on, without any change that tells so.
        }
    }

    private async Task SetAsideAsync(IReadOnlyList<SetAsideRecord> records, CancellationToken cancellationToken)
    {
        await checkpoints.SetAsideAsync(group.Name, records, cancellationToken);
        group.HasSetAside(window, records);
        LogSetAside(records.Count, group.Name.Group, window.ShardId);
    }

    private async Task SetAsideArrivalsAsync(IReadOnlyList<WindowEntry> arrivals, CancellationToken cancellationToken)
    {
        var records = arrivals.Select(entry => new SetAsideRecord(entry.Record!, FailedAttempts: 0)).ToList();
        while (true)
        {
            try
            {
                await checkpoints.SetAsideAsync(group.Name, records, cancellationToken);
                group.HaveArrivedAside(arrivals);
                return;
            }
            catch (EventStreamUnavailableException)
            {
                LogStoreAway(group.Name.Group, window.ShardId);
                await Task.Delay(options.StoreRetryDelay, timeProvider, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group {Group} cannot read shard {ShardId}: the store is away, it is asked again")]
    private partial void LogStoreAway(string group, string shardId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Set aside {Records} records of group {Group}, shard {ShardId}: their keys wait, others go on")]
    private partial void LogSetAside(int records, string group, string shardId);
}
