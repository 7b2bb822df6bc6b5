using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Options;

namespace CloudNative.DataLake;

/// <summary>Flushes when enough events wait or the oldest has waited long enough, and looks after what other processes left behind.</summary>
internal sealed partial class LakeFlusher(
    LakeWriter writer,
    SealedPages sealedPages,
    Flush flush,
    OrphanPages orphans,
    IOptions<LakeOptions> options,
    TimeProvider time,
    ILogger<LakeFlusher> logger) : BackgroundService
{
    // Bounds one flush: pages by the operations of its transaction, bytes by what the sidecar takes in one call (4 MiB).
    private const int MaxPages = 64;
    private const int MaxBytes = 3 * 1024 * 1024;
    private long lastLook;

    private TimeSpan Tick => options.Value.FlushAge / 10;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            lastLook = time.GetTimestamp();
            await TurnAsync(orphans.LookAsync, stoppingToken);
            while (true)
                await NextTurnAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Everything is in the index; the next start goes on.
        }
    }

    private async Task NextTurnAsync(CancellationToken cancellationToken)
    {
        await sealedPages.WaitUntilFilledAsync(Tick, cancellationToken);
        if (sealedPages.IsFilled || sealedPages.Age >= options.Value.FlushAge)
            await TurnAsync(SealAsync, cancellationToken);
        if (time.GetElapsedTime(lastLook) < options.Value.OrphanAge / 2)
            return;
        lastLook = time.GetTimestamp();
        await TurnAsync(orphans.LookAsync, cancellationToken);
    }

    private async ValueTask<IReadOnlyList<SealedPage>> SealAsync(CancellationToken cancellationToken)
    {
        await writer.SealAsync(cancellationToken);
        return sealedPages.TakeAll();
    }

    private async Task TurnAsync(Func<CancellationToken, ValueTask<IReadOnlyList<SealedPage>>> collect, CancellationToken cancellationToken)
    {
        IReadOnlyList<SealedPage> left = [];
        try
        {
            left = await collect(cancellationToken);
            while (left.Count > 0)
            {
                var pages = Portion(left);
                if (await flush.RunAsync([.. pages.Select(page => page.Page)], cancellationToken) == FlushOutcome.Busy)
                    break;
                LogFlushed(pages.Sum(page => page.Count), pages.Count);
                left = [.. left.Skip(pages.Count)];
            }
        }
        catch (Exception failure) when (failure is StateStoreException or DependencyUnavailableException or InvalidDataException)
        {
            LogFlushFailed(failure.GetType().Name, left.Count);
            await Task.Delay(Tick, time, cancellationToken);
        }
        finally
        {
            sealedPages.GiveBack(left);
        }
    }

    private static List<SealedPage> Portion(IReadOnlyList<SealedPage> pages)
    {
        var portion = new List<SealedPage>();
        var bytes = 0;
        foreach (var page in pages.Take(MaxPages))
        {
            bytes += page.Bytes;
            if (portion.Count > 0 && bytes > MaxBytes)
                break;
            portion.Add(page);
        }

        return portion;
    }

    [LoggerMessage(LogLevel.Debug, "Flushed {Events} events of {Pages} pages")]
    private partial void LogFlushed(int events, int pages);

    [LoggerMessage(LogLevel.Warning, "A flush did not come to its end: {Failure}; {Pages} pages wait")]
    private partial void LogFlushFailed(string failure, int pages);
}
