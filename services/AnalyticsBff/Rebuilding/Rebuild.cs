using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Options;

namespace CloudNative.AnalyticsBff;

/// <summary>
/// Builds a view from the lake beside the live one: the lake replays to this app alone, the listener counts into the view being
/// built, and only when every event of the lake is seen to be counted there does it take the live one's place.
/// </summary>
internal sealed partial class Rebuild(
    ViewCatalogue catalogue, ViewSet views, IStateStore store, IDataLake lake, CountingRules rules, IOptions<AnalyticsOptions> options, TimeProvider time, ILogger<Rebuild> logger)
{
    private const int KeysPerCall = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Carries the rebuild of a view to its end, from the start or once more after a crash.</summary>
    public async Task RunAsync(string viewId, CancellationToken cancellationToken)
    {
        // From now on every replica counts live events into the new view as well; what came before is in the lake.
        await Task.Delay(options.Value.RebuildGrace, time, cancellationToken);
        await ReplayAsync(cancellationToken);
        LogReplayed(viewId);
        var isComplete = await VerifyAsync(views.Get(viewId), cancellationToken);
        await FinishAsync(viewId, isComplete, cancellationToken);
        if (isComplete)
            LogFinished(viewId);
        else
            LogGivenUp(viewId, options.Value.RebuildPatience.TotalSeconds);
    }

    private async Task ReplayAsync(CancellationToken cancellationToken)
    {
        string? resume = null;
        do
            resume = await PersistAsync(ct => lake.ReplayAsync(resume, ct), cancellationToken);
        while (resume is not null);
    }

    /// <summary>Reads the lake along with the stream until nothing of it is missing; false where nothing more arrives.</summary>
    private async Task<bool> VerifyAsync(View view, CancellationToken cancellationToken)
    {
        string? address = null;
        do
        {
            var page = await PersistAsync(ct => lake.ReadAsync(address, ct), cancellationToken);
            var markers = page.Documents.Select(MarkerOf).OfType<Increment>().Select(view.MarkerKey).Distinct(StringComparer.Ordinal).ToList();
            if (!await ArriveAsync(markers, cancellationToken))
                return false;
            address = page.Next;
        }
        while (address is not null);
        return true;
    }

    private async Task<bool> ArriveAsync(IReadOnlyList<string> markers, CancellationToken cancellationToken)
    {
        var progress = time.GetTimestamp();
        for (var missing = markers; missing.Count > 0;)
        {
            var left = new List<string>();
            foreach (var keys in missing.Chunk(KeysPerCall))
            {
                var found = await PersistAsync(ct => store.GetManyAsync(keys, ct), cancellationToken);
                left.AddRange(keys.Where(key => !found[key].Exists));
            }

            if (left.Count < missing.Count)
                progress = time.GetTimestamp();
            else if (time.GetElapsedTime(progress) > options.Value.RebuildPatience)
                return false;
            missing = left;
            if (missing.Count > 0)
                await Task.Delay(Pause, time, cancellationToken);
        }

        return true;
    }

    // What the listener passes over or sets aside leaves no marker to wait for.
    private Increment? MarkerOf(ReadOnlyMemory<byte> document)
    {
        try
        {
            return DeliveredEventReader.Read(document, new DeliveryMetadata()) is DeliveredEvent.Readable readable
                ? rules.Of(readable.Document, time.GetUtcNow())
                : null;
        }
        catch (UnprocessableEventException)
        {
            return null;
        }
    }

    private async Task FinishAsync(string viewId, bool isComplete, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = await PersistAsync(catalogue.ReadAsync, cancellationToken);
            if (before.Views.Building != viewId)
                return;
            var after = new Views(isComplete ? viewId : before.Views.Live);
            if (await PersistAsync(ct => catalogue.TryReplaceAsync(before, after, ct), cancellationToken))
                return;
        }
    }

    private async Task<T> PersistAsync<T>(Func<CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await ask(cancellationToken);
            }
            catch (Exception away) when (away is StateStoreException or DependencyUnavailableException)
            {
                LogAway(away.GetType().Name);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "The lake has been replayed into view {View}; waiting until it is counted")]
    private partial void LogReplayed(string view);

    [LoggerMessage(LogLevel.Information, "View {View} holds every event of the lake and is live")]
    private partial void LogFinished(string view);

    [LoggerMessage(LogLevel.Error, "View {View} was given up: events of the lake did not arrive for {PatienceSeconds} s; the live view stays")]
    private partial void LogGivenUp(string view, double patienceSeconds);

    [LoggerMessage(LogLevel.Warning, "The rebuild waits: {Failure}")]
    private partial void LogAway(string failure);
}
