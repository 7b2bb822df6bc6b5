using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CloudNative.BuildingBlocks.Outbox;

/// <summary>
/// Sweeps at once when the process starts and then every few seconds, flushes every second. A graceful stop publishes what
/// this process still holds and clears its slots, for as long as the host grants.
/// </summary>
internal sealed partial class OutboxService(
    OutboxSweep sweep, OutboxFlush flush, EventOutbox outbox, OutboxOptions options, TimeProvider time, Random random, ILogger<OutboxService> logger)
    : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await outbox.DrainAsync(cancellationToken);
            await flush.RunAsync(TimeSpan.Zero, cancellationToken);
        }
        catch (Exception failure) when (failure is StateStoreException or OperationCanceledException)
        {
            LogUndrained(failure.GetType().Name);
        }

        await outbox.StopAsync();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(SweepAsync(stoppingToken), FlushAsync(stoppingToken));

    private async Task SweepAsync(CancellationToken stopping)
    {
        var age = TimeSpan.Zero;
        while (!stopping.IsCancellationRequested)
        {
            var done = await IsDoneAsync(() => sweep.RunAsync(age, stopping), stopping);
            if (done)
                age = options.Age;
            await PauseAsync(done ? SweepPause() : TimeSpan.FromSeconds(1), stopping);
        }
    }

    private async Task FlushAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await PauseAsync(options.Flush, stopping);
            await IsDoneAsync(() => flush.RunAsync(options.Flush, stopping), stopping);
        }
    }

    private TimeSpan SweepPause() => options.SweepAtLeast + (random.NextDouble() * (options.SweepAtMost - options.SweepAtLeast));

    private async Task PauseAsync(TimeSpan pause, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(pause, time, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The loop's condition ends it.
        }
    }

    private async Task<bool> IsDoneAsync(Func<ValueTask> work, CancellationToken stopping)
    {
        try
        {
            await work();
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
#pragma warning disable CA1031 // The edge of a loop that must outlive every failure: without it the outbox would never be emptied again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(failure.GetType().Name);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The outbox could not be looked after ({Failure}); it is tried again")]
    private partial void LogFailed(string failure);

    [LoggerMessage(LogLevel.Warning, "Stopped before the outbox was empty ({Failure}); the rest is published after the next start")]
    private partial void LogUndrained(string failure);
}
