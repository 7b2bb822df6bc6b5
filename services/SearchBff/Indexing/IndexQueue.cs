using System.Threading.Channels;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;
using Microsoft.Extensions.Options;

namespace CloudNative.SearchBff.Indexing;

/// <summary>
/// The one writer of this process. What the lanes hold at one moment becomes one write, and one flush to disk: while that is on its way
/// the next batch gathers by itself.
/// </summary>
internal sealed partial class IndexQueue(
    ISearchIndex index, IOptions<IndexingOptions> options, TimeProvider time, ILogger<IndexQueue> logger) : BackgroundService
{
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromHours(1);
    private readonly Channel<PendingEntry> work = Channel.CreateUnbounded<PendingEntry>(new UnboundedChannelOptions { SingleReader = true });
    private bool isPrepared;
    private long? purgedAt;

    /// <summary>Completes when the entry is durable in the index, and a deleted thing out of every search.</summary>
    /// <exception cref="DependencyUnavailableException">It is not known to be; deliver the event again.</exception>
    /// <exception cref="UnprocessableEventException">The engine does not take this document.</exception>
    public async ValueTask WriteAsync(IndexEntry entry, CancellationToken cancellationToken)
    {
        var pending = new PendingEntry(entry);
        if (!work.Writer.TryWrite(pending))
            throw Stopping();
        var result = await pending.Written.WaitAsync(cancellationToken);
        if (result.Verdict is IndexVerdict.Refused)
            throw new UnprocessableEventException($"the index refused the document: {result.Reason}");
        if (result.Verdict is IndexVerdict.TryAgain)
            throw new DependencyUnavailableException($"The index did not take the document: {result.Reason}.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await TryPrepareAsync(stoppingToken);
            while (await work.Reader.WaitToReadAsync(stoppingToken))
                await WriteNextAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The listener has drained before this service is stopped; whatever came since is delivered again.
        }
        finally
        {
            work.Writer.TryComplete();
            while (work.Reader.TryRead(out var left))
                left.Fail(Stopping());
        }
    }

    private static DependencyUnavailableException Stopping() => new("The service is stopping.");

    private async Task WriteNextAsync(CancellationToken cancellationToken)
    {
        var batch = NextBatch();
        try
        {
            await PrepareAsync(cancellationToken);
            var results = await index.WriteAsync([.. batch.Select(pending => pending.Entry)], cancellationToken);
            if (batch.Any(pending => pending.Entry.DeletedAt is not null))
                await index.RefreshAsync(cancellationToken);
            foreach (var (pending, result) in batch.Zip(results))
                pending.Complete(result);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The edge of the loop: whatever is wrong with this batch, the next one gets its turn. Unfinished events come again.
            LogBatchFailed(batch.Count, failure.GetType().Name, failure.StackTrace);
            Fail(batch, failure as DependencyUnavailableException ?? new DependencyUnavailableException("The entry is not known to be written.", failure));
        }
        catch (OperationCanceledException)
        {
            Fail(batch, Stopping());
            throw;
        }
    }

    private static void Fail(List<PendingEntry> batch, DependencyUnavailableException failure) => batch.ForEach(pending => pending.Fail(failure));

    // So that the first search finds an index; what cannot be prepared now is prepared with the first write.
    private async Task TryPrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PrepareAsync(cancellationToken);
        }
        catch (DependencyUnavailableException away)
        {
            LogBatchFailed(0, away.GetType().Name, away.StackTrace);
        }
    }

    private async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (!isPrepared)
            await index.PrepareAsync(cancellationToken);
        isPrepared = true;
        if (purgedAt is { } last && time.GetElapsedTime(last) < PurgeInterval)
            return;
        await index.PurgeAsync(time.GetUtcNow() - options.Value.TombstoneAge, cancellationToken);
        purgedAt = time.GetTimestamp();
    }

    private List<PendingEntry> NextBatch()
    {
        var batch = new List<PendingEntry>();
        var characters = 0;
        while (batch.Count < options.Value.BatchEntries && characters < options.Value.BatchCharacters && work.Reader.TryRead(out var next))
        {
            batch.Add(next);
            characters += (next.Entry.Name?.Length ?? 0) + (next.Entry.Description?.Length ?? 0);
        }

        return batch;
    }

    [LoggerMessage(LogLevel.Warning, "A batch of {Entries} entries was not written: {Failure} {Stack}")]
    private partial void LogBatchFailed(int entries, string failure, string? stack);

    private sealed class PendingEntry(IndexEntry entry)
    {
        private readonly TaskCompletionSource<IndexResult> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IndexEntry Entry { get; } = entry;

        public Task<IndexResult> Written => done.Task;

        public void Complete(IndexResult result) => done.TrySetResult(result);

        public void Fail(Exception failure) => done.TrySetException(failure);
    }
}
