using System.Threading.Channels;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.SearchBff.Detailing;
using CloudNative.SearchBff.Indexing;
using Microsoft.Extensions.Options;

namespace CloudNative.SearchBff.Rebuilding;

/// <summary>How far a rebuild is. <paramref name="Missing"/>: entries of the index searched that the new one lacks.</summary>
internal sealed record RebuildStatus(string State, string? Index, long Replayed, long Missing)
{
    public static RebuildStatus Idle { get; } = new("idle", null, 0, 0);
}

/// <summary>
/// Builds a new index beside the one searched: from its first moment it takes every live event, a replay from the lake brings the past,
/// and it takes over once it has all that the old one has. A process that dies goes on where it starts again.
/// </summary>
internal sealed partial class Rebuild(
    ISearchIndex index, ILakeReplay lake, IOptions<RebuildOptions> options, TimeProvider time, ILogger<Rebuild> logger) : BackgroundService
{
    private static readonly string[] Types = [ThingChange.Created, ThingChange.Updated, ThingChange.Deleted];
    private readonly Channel<bool> asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile RebuildStatus status = RebuildStatus.Idle;

    public RebuildStatus Status => status;

    /// <summary>Begins a rebuild, or does nothing while one is under way.</summary>
    /// <exception cref="DependencyUnavailableException">The engine is away.</exception>
    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        await index.PrepareAsync(cancellationToken);
        var name = await index.BeginBuildingAsync(cancellationToken);
        status = new RebuildStatus("begun", name, 0, 0);
        asked.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await GoOnAsync(stoppingToken);
        await foreach (var _ in asked.Reader.ReadAllAsync(stoppingToken))
            await GoOnAsync(stoppingToken);
    }

    private async Task GoOnAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await index.BuildingAsync(cancellationToken) is { } name)
                await RunAsync(name, cancellationToken);
            else if (status.Index is not null)
                status = status with { State = "done" };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The edge of the loop: the index searched is untouched, and whoever asks again goes on from here.
            LogFailed(failure.GetType().Name, failure.StackTrace);
            status = status with { State = "failed" };
        }
    }

    private async Task RunAsync(string name, CancellationToken cancellationToken)
    {
        for (var round = 1; round <= options.Value.Rounds; round++)
        {
            status = new RebuildStatus("replaying", name, 0, await index.CountMissingAsync(cancellationToken));
            foreach (var type in Types)
                status = status with { Replayed = status.Replayed + await lake.ReplayAsync(type, cancellationToken) };
            status = status with { State = "indexing" };
            if (await IsCompleteAsync(cancellationToken))
            {
                await index.SwitchAsync(cancellationToken);
                LogSwitched(name, status.Replayed);
                status = status with { State = "done", Missing = 0 };
                return;
            }
        }

        LogIncomplete(name, status.Missing);
        status = status with { State = "failed" };
    }

    private async Task<bool> IsCompleteAsync(CancellationToken cancellationToken)
    {
        var progress = time.GetTimestamp();
        for (var least = long.MaxValue; ; await Task.Delay(options.Value.Poll, time, cancellationToken))
        {
            var missing = await index.CountMissingAsync(cancellationToken);
            status = status with { Missing = missing };
            if (missing == 0)
                return true;
            if (missing < least)
                (least, progress) = (missing, time.GetTimestamp());
            else if (time.GetElapsedTime(progress) >= options.Value.Patience)
                return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "Searches go to {Index} now, built from {Events} events")]
    private partial void LogSwitched(string index, long events);

    [LoggerMessage(LogLevel.Error, "{Index} still lacks {Missing} entries of the index searched; nothing was switched")]
    private partial void LogIncomplete(string index, long missing);

    [LoggerMessage(LogLevel.Error, "The rebuild ended with {Failure} {Stack}; nothing was switched")]
    private partial void LogFailed(string failure, string? stack);
}
