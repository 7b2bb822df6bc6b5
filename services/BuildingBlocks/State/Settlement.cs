namespace CloudNative.BuildingBlocks.State;

/// <summary>
/// Sends a guarded transaction and finds out how it ended. Only a success answer proves anything: any other may mean a conflict,
/// a store in trouble, applied with the answer lost, or still on its way. Every document of the transaction carries the
/// attempt's random <c>tx</c> as a top-level member.
/// </summary>
internal sealed class Settlement(IStateStore store, TimeProvider time, Random random)
{
    private const int Resends = 3;
    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>Never throws for a store in trouble; ends as <see cref="Settled.Unknown"/> when the deadline cancels it.</summary>
    public async ValueTask<Settled> SettleAsync(string tx, IReadOnlyList<StateWrite> writes, CancellationToken deadline)
    {
        try
        {
            for (var sent = 0; sent <= Resends; sent++)
            {
                if (sent > 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 201)), time, deadline);
                if (await IsAcceptedAsync(writes, deadline))
                    return Settled.Committed;
                switch (SettlementRules.AfterFirstLook(tx, writes, await LookAsync(writes, deadline)))
                {
                    case FirstLook.Committed:
                        return Settled.Committed;
                    case FirstLook.Moved:
                        return SettlementRules.AfterSecondLook(tx, writes, await LookAsync(writes, deadline));
                }
            }

            return Settled.Unknown;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Settled.Unknown;
        }
    }

    private async ValueTask<bool> IsAcceptedAsync(IReadOnlyList<StateWrite> writes, CancellationToken deadline)
    {
        try
        {
            await store.TransactAsync(writes, deadline);
            return true;
        }
        catch (StateStoreException)
        {
            return false;
        }
    }

    private async ValueTask<IReadOnlyList<StateEntry>> LookAsync(IReadOnlyList<StateWrite> writes, CancellationToken deadline)
    {
        while (true)
        {
            try
            {
                return await Task.WhenAll(writes.Select(write => store.GetAsync(write.Key, deadline).AsTask()));
            }
            catch (StateStoreException)
            {
                await Task.Delay(PauseBetweenLooks, time, deadline);
            }
        }
    }
}
