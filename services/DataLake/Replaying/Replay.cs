using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.DataLake;

/// <summary>How far a replay came. <paramref name="Resume"/>: where what is left begins; null when nothing is.</summary>
/// <param name="Failure">What ended it early, null where nothing did.</param>
internal sealed record ReplayProgress(int Events, LakeCursor? Resume, int Corrupt, Exception? Failure = null);

/// <summary>
/// Publishes events of the lake again, addressed to one app and tagged as replayed. Events of one key go out in the order of the
/// listing, those of different keys side by side. A replay that ended early goes on from its marker; what it published twice is
/// a duplicate like any other, since ids stay.
/// </summary>
internal sealed class Replay(LakeReader reader, IEventPublisher publisher, TimeProvider time)
{
    private const int EventsPerPage = 500;
    private const int KeysAtOnce = 16;

    /// <summary>Reads and publishes page by page; a stream or store that is away ends it, with the page to go on from.</summary>
    public async ValueTask<ReplayProgress> RunAsync(ReplayOrder order, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var progress = new ReplayProgress(0, order.Query.Cursor, 0);
        try
        {
            do
            {
                progress = await ReplayPageAsync(order, progress, cancellationToken);
                await KeepPaceAsync(order, progress.Events, started, cancellationToken);
            }
            while (progress.Resume is not null && progress.Events < (order.Limit ?? int.MaxValue));
            return progress;
        }
        catch (Exception failure) when (failure is EventPublishException or StateStoreException or BuildingBlocks.Hosting.DependencyUnavailableException)
        {
            return progress with { Failure = failure };
        }
    }

    private async ValueTask<ReplayProgress> ReplayPageAsync(ReplayOrder order, ReplayProgress before, CancellationToken cancellationToken)
    {
        var limit = Math.Min(Math.Min(EventsPerPage, order.EventsPerSecond ?? EventsPerPage), (order.Limit ?? int.MaxValue) - before.Events);
        var page = await reader.ReadAsync(order.Query with { Limit = limit, Cursor = before.Resume }, cancellationToken);
        var lines = page.Documents.Select(LakeLine.TryParse).OfType<LakeLine>().Where(order.Matches).ToList();
        if (!order.DryRun)
            await PublishAsync(lines, order.Target, cancellationToken);
        return new ReplayProgress(before.Events + lines.Count, page.Next, before.Corrupt + page.Corrupt);
    }

    private async ValueTask PublishAsync(IReadOnlyList<LakeLine> lines, string target, CancellationToken cancellationToken)
    {
        var attributes = new Dictionary<string, string> { ["replayed"] = "true", ["replayto"] = target };
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = KeysAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(lines.GroupBy(line => line.PartitionKey, StringComparer.Ordinal), parallel, async (ofKey, cancelled) =>
        {
            foreach (var line in ofKey)
            {
                var again = new OutgoingEvent(line.Id, line.Type, line.PartitionKey, line.Timestamp, line.Document, attributes);
                await publisher.PublishAsync(again, cancelled);
            }
        });
    }

    private async ValueTask KeepPaceAsync(ReplayOrder order, int events, long started, CancellationToken cancellationToken)
    {
        if (order.DryRun || order.EventsPerSecond is not { } rate)
            return;
        var ahead = TimeSpan.FromSeconds((double)events / rate) - time.GetElapsedTime(started);
        if (ahead > TimeSpan.Zero)
            await Task.Delay(ahead, time, cancellationToken);
    }
}
