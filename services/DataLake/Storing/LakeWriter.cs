using System.Threading.Channels;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Options;

namespace CloudNative.DataLake;

/// <summary>
/// The one writer of this process. What the lanes hold at one moment becomes one transaction: while that is on its way, the next
/// batch gathers by itself.
/// </summary>
internal sealed partial class LakeWriter(PageWriter pages, OpenPage open, IOptions<LakeOptions> options, ILogger<LakeWriter> logger) : BackgroundService
{
    private readonly Channel<WriterWork> work = Channel.CreateUnbounded<WriterWork>(new UnboundedChannelOptions { SingleReader = true });
    private WriterWork? held;

    /// <summary>Completes when the event is durable in the index.</summary>
    /// <exception cref="StateStoreException">It is not known to be; deliver it again.</exception>
    public async Task StoreAsync(PendingEvent pending, CancellationToken cancellationToken)
    {
        if (!work.Writer.TryWrite(pending))
            throw new StateStoreException("The lake is stopping.");
        await pending.WaitAsync(cancellationToken);
    }

    /// <summary>Seals what is open; completes when the page is in the flusher's hands.</summary>
    public async Task SealAsync(CancellationToken cancellationToken)
    {
        var request = new SealOpenPage();
        if (!work.Writer.TryWrite(request))
            throw new StateStoreException("The lake is stopping.");
        await request.WaitAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (held is not null || await work.Reader.WaitToReadAsync(stoppingToken))
                await WriteNextAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The listener has drained before this service is stopped; whatever came since is delivered again.
        }
        finally
        {
            work.Writer.TryComplete();
            held?.Fail(new StateStoreException("The lake is stopping."));
            while (work.Reader.TryRead(out var left))
                left.Fail(new StateStoreException("The lake is stopping."));
        }
    }

    private async Task WriteNextAsync(CancellationToken cancellationToken)
    {
        var batch = NextBatch();
        var request = batch.Count == 0 ? held as SealOpenPage : null;
        if (request is not null)
            held = null;
        try
        {
            if (request is not null)
                await pages.SealAsync(cancellationToken);
            else
                await pages.StoreAsync(batch, cancellationToken);
            request?.Complete();
            // The lanes bring the next events meanwhile.
            await open.RefreshAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The edge of the loop: whatever is wrong with this batch, the next one gets its turn. Unfinished events come again.
            LogBatchFailed(batch.Count, failure.GetType().Name);
            Fail(batch, request, failure);
        }
        catch (OperationCanceledException stopped)
        {
            Fail(batch, request, new StateStoreException("The lake is stopping.", stopped));
            throw;
        }
    }

    private static void Fail(IReadOnlyList<PendingEvent> batch, SealOpenPage? request, Exception failure)
    {
        var reported = failure as StateStoreException ?? new StateStoreException("The event is not known to be stored.", failure);
        foreach (var pending in batch)
            pending.Fail(reported);
        request?.Fail(reported);
    }

    // Bounded by number and by size; a request to seal waits until the events before it are written.
    private List<PendingEvent> NextBatch()
    {
        var batch = new List<PendingEvent>();
        var bytes = 0;
        while (batch.Count < options.Value.BatchEvents && bytes < options.Value.PageBytes)
        {
            if (held is null && !work.Reader.TryRead(out held))
                break;
            if (held is not PendingEvent pending)
                break;
            batch.Add(pending);
            bytes += pending.Line.Length;
            held = null;
        }

        return batch;
    }

    [LoggerMessage(LogLevel.Warning, "A batch of {Events} events was not stored: {Failure}; they come again")]
    private partial void LogBatchFailed(int events, string failure);
}
