using System.Collections.Concurrent;
using CloudNative.BuildingBlocks.State;
using CloudNative.TestKit;

namespace CloudNative.AnalyticsBff.Tests;

/// <summary>A store that loses requests, answers and patience at random: a transaction may also arrive long after its failure was told.</summary>
internal sealed class UnreliableStore(InMemoryStateStore store, int seed) : IStateStore
{
    private readonly Random random = new(seed);
    private readonly ConcurrentQueue<IReadOnlyList<StateWrite>> onTheirWay = new();

    public async ValueTask<StateEntry> GetAsync(string key, CancellationToken cancellationToken)
    {
        await MisbehaveAsync(cancellationToken);
        return await store.GetAsync(key, cancellationToken);
    }

    public async ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await MisbehaveAsync(cancellationToken);
        return await store.GetManyAsync(keys, cancellationToken);
    }

    public async ValueTask TransactAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        var fate = Draw();
        if (fate < 8)
        {
            onTheirWay.Enqueue(writes);
            throw new StateStoreException("The answer is late.");
        }

        if (fate < 16)
            throw new StateStoreException("The request is lost.");
        await store.TransactAsync(writes, cancellationToken);
        if (fate < 24)
            throw new StateStoreException("The answer is lost.");
    }

    /// <summary>Lets what is still on its way arrive.</summary>
    public async Task LandAsync(CancellationToken cancellationToken)
    {
        while (onTheirWay.TryDequeue(out var late))
        {
            try
            {
                await store.TransactAsync(late, cancellationToken);
            }
            catch (StateStoreException)
            {
                // One of its guards no longer holds.
            }
        }
    }

    private async ValueTask MisbehaveAsync(CancellationToken cancellationToken)
    {
        var fate = Draw();
        if (fate < 5)
            await LandAsync(cancellationToken);
        if (fate >= 99)
            throw new StateStoreException("The read is lost.");
    }

    private int Draw()
    {
        lock (random)
            return random.Next(100);
    }
}

/// <summary>A clock whose pauses are over at once.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => AnalyticsService.Start;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
}
