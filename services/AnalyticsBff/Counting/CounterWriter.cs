using System.Threading.Channels;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Options;

namespace CloudNative.AnalyticsBff;

/// <summary>
/// The one writer of this process, so that its own events never compete for a counter. What the lanes hold at one moment becomes one
/// transaction: while that is on its way, the next batch gathers by itself.
/// </summary>
internal sealed partial class CounterWriter(ViewWriter views, IOptions<AnalyticsOptions> options, ILogger<CounterWriter> logger) : BackgroundService
{
    // Raw events travel in the transaction, which the sidecar takes up to 4 MiB.
    private const int BatchBytes = 1024 * 1024;
    private readonly Channel<PendingEvent> gathering = Channel.CreateUnbounded<PendingEvent>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Completes when the event is counted durably.</summary>
    /// <exception cref="StateStoreException">It is not known to be; deliver it again.</exception>
    public async Task CountAsync(PendingEvent pending, CancellationToken cancellationToken)
    {
        if (!gathering.Writer.TryWrite(pending))
            throw new StateStoreException("The counters are stopping.");
        await pending.WaitAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await gathering.Reader.WaitToReadAsync(stoppingToken))
                await CountNextAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The listener has drained before this service is stopped; whatever came since is delivered again.
        }
        finally
        {
            gathering.Writer.TryComplete();
            while (gathering.Reader.TryRead(out var left))
                left.Fail();
        }
    }

    private async Task CountNextAsync(CancellationToken cancellationToken)
    {
        var batch = NextBatch();
        try
        {
            await views.CountAsync(batch, cancellationToken);
        }
        catch (Exception failure)
        {
            // The edge of the loop: whatever is wrong with this batch, the next one gets its turn. Unfinished events come again.
            batch.ForEach(pending => pending.Fail(failure));
            if (failure is OperationCanceledException)
                throw;
            LogBatchFailed(batch.Count, failure.GetType().Name);
        }
    }

    private List<PendingEvent> NextBatch()
    {
        var batch = new List<PendingEvent>();
        for (var bytes = 0; batch.Count < options.Value.BatchEvents && bytes < BatchBytes && gathering.Reader.TryRead(out var next);)
        {
            batch.Add(next);
            bytes += next.Document.Json.Length;
        }

        return batch;
    }

    [LoggerMessage(LogLevel.Warning, "A batch of {Events} events was not counted: {Failure}; they come again")]
    private partial void LogBatchFailed(int events, string failure);
}
