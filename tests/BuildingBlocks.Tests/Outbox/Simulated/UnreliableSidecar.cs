using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Outbox.Simulated;

/// <summary>
/// A replica's way to store and stream. Requests take their time, get lost, land late, are repeated from below, or lose
/// their answer; bulk reads may be old; after the replica's death nothing is answered any more.
/// </summary>
internal sealed class UnreliableSidecar(Simulation simulation, Ledger ledger, bool repeatsFirstLook = false) : IStateStore, IEventPublisher
{
    private readonly Dictionary<string, StateEntry?> _looks = new(StringComparer.Ordinal);

    public bool IsDead { get; set; }

    public bool IsReliable { get; set; }

    public async ValueTask<StateEntry> GetAsync(string key, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        if (IsLost(0.05))
            throw new StateStoreException("Lost.");
        var entry = Look(key);
        await TravelAsync(cancellationToken);
        return entry;
    }

    public async ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        if (IsLost(0.05))
            throw new StateStoreException("Lost.");
        var entries = keys.Select(key => IsLost(0.1) ? ledger.ReadOld(key) : ledger.Read(key))
            .ToDictionary(entry => entry.Key, StringComparer.Ordinal);
        await TravelAsync(cancellationToken);
        return entries;
    }

    public async ValueTask TransactAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        var fate = IsReliable ? 1 : simulation.Random.NextDouble();
        var isApplied = fate >= 0.2 && ledger.Apply(writes);
        if (fate is >= 0.1 and < 0.2)
            _ = LandLateAsync(writes);
        else if (fate is >= 0.2 and < 0.3)
            isApplied = ledger.Apply(writes);
        else if (fate is >= 0.3 and < 0.4)
            isApplied = false;
        await TravelAsync(cancellationToken);
        if (isApplied)
            return;
        foreach (var write in writes)
            _looks[write.Key] = null;
        throw new StateStoreException("A guard does not hold, or something was lost.");
    }

    public async ValueTask PublishAsync(OutgoingEvent outgoing, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        if (IsLost(0.2))
            throw new EventPublishException("Lost.");
        ledger.Publish(outgoing);
        await TravelAsync(cancellationToken);
        if (IsLost(0.1))
            throw new EventPublishException("The answer is lost.");
    }

    private StateEntry Look(string key)
    {
        if (!repeatsFirstLook || !_looks.TryGetValue(key, out var first))
            return ledger.Read(key);
        if (first is null)
            return (_looks[key] = ledger.Read(key))!;
        _looks.Remove(key);
        return first;
    }

    private async Task LandLateAsync(IReadOnlyList<StateWrite> writes)
    {
        await simulation.PauseAsync(simulation.Chance(0.5) ? 50 : 15_000);
        ledger.Apply(writes);
    }

    private async Task TravelAsync(CancellationToken cancellationToken)
    {
        await simulation.PauseAsync(!IsReliable && simulation.Chance(0.03) ? 8_000 : 5, cancellationToken);
        if (IsDead)
            await new TaskCompletionSource().Task;
    }

    private bool IsLost(double probability) => !IsReliable && simulation.Chance(probability);
}
