using System.Threading.Channels;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.AnalyticsBff;

/// <summary>Runs rebuilds, one at a time; at start it goes on with one that a crash has cut short. Two replicas doing so do the same.</summary>
internal sealed partial class RebuildService(ViewCatalogue catalogue, Rebuild rebuild, TimeProvider time, ILogger<RebuildService> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly Channel<string> ordered = Channel.CreateUnbounded<string>();

    /// <summary>Begins a rebuild; null where one is under way.</summary>
    /// <exception cref="StateStoreException">The store does not answer.</exception>
    public async ValueTask<Views?> StartRebuildAsync(CancellationToken cancellationToken)
    {
        var before = await catalogue.ReadAsync(cancellationToken);
        if (before.Views.Building is not null)
            return null;
        // Drawn, not counted: a view given up before has left markers behind.
        var after = before.Views with { Building = Guid.NewGuid().ToString("N")[..8] };
        if (!await catalogue.TryReplaceAsync(before, after, cancellationToken))
            return null;
        ordered.Writer.TryWrite(after.Building);
        return after;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (await UnfinishedAsync(stoppingToken) is { } unfinished)
            await RunAsync(unfinished, stoppingToken);
        await foreach (var view in ordered.Reader.ReadAllAsync(stoppingToken))
            await RunAsync(view, stoppingToken);
    }

    private async Task<string?> UnfinishedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return (await catalogue.ReadAsync(cancellationToken)).Views.Building;
            }
            catch (StateStoreException)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private async Task RunAsync(string view, CancellationToken cancellationToken)
    {
        try
        {
            await rebuild.RunAsync(view, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The edge of the loop: the view stays under construction, and the next start goes on with it.
            LogFailed(view, failure.GetType().Name, failure.StackTrace);
        }
    }

    [LoggerMessage(LogLevel.Error, "The rebuild of view {View} ended with {Failure} {Stack}")]
    private partial void LogFailed(string view, string failure, string? stack);
}
