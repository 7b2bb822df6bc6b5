using CloudNative.BuildingBlocks.Directories;
using CloudNative.BuildingBlocks.Outbox;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>
/// Commits one entity's mutation: entity, event, mutation document and directory entry in one guarded transaction. Without
/// contention that is a bulk get, the transaction, and the publishing that follows in the background.
/// </summary>
internal sealed class EntityCommit<TEntity>(
    IStateStore store, Settlement settlement, EventOutbox outbox, KeyDirectory directory, EntityStoreOptions<TEntity> options, TimeProvider time)
    where TEntity : class
{
    // The first, and four more after a lost transaction or a refusal that a read which may be old suggested.
    private const int Attempts = 5;

    private readonly EntityPlanner<TEntity> _planner = new(options);

    /// <summary>Runs the mutation; the caller holds the entity's turn in this process.</summary>
    /// <exception cref="StateStoreException">A read before the transaction failed: nothing is committed.</exception>
    /// <exception cref="OperationCanceledException">The deadline passed before the transaction was sent: nothing is committed.</exception>
    public async ValueTask<MutationOutcome<TEntity>> RunAsync(Mutation<TEntity> mutation, CancellationToken deadline)
    {
        using var slot = await SlotHold.TakeAsync(outbox, deadline);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await TryAsync(mutation, slot, isStrong: attempt > 0, deadline) is { } outcome)
                return outcome;
        }

        return new MutationOutcome<TEntity>.Unavailable("Others keep changing the entity or its neighbours.");
    }

    /// <summary>Null: once more, on strong reads.</summary>
    private async ValueTask<MutationOutcome<TEntity>?> TryAsync(
        Mutation<TEntity> mutation, SlotHold slot, bool isStrong, CancellationToken deadline)
    {
        var path = HashPath.Of(mutation.Id);
        var seen = await ReadAsync(mutation, slot.Key, directory.Locate(path), isStrong, deadline);
        if (seen.Mutation is { Exists: true } earlier)
            return Repeated(mutation, MutationDocument.Read(earlier.Value));
        switch (_planner.Plan(mutation, EntityDocument.Read(seen.Entity), time.GetUtcNow()))
        {
            case EntityPlan<TEntity>.Change change:
                var entry = await slot.WritableAsync(seen.Slot, deadline);
                return await CommitAsync(mutation, change, seen with { Slot = entry }, path, slot, deadline);

            // A read that may be old may let a mutation go on, never make it refuse.
            case var _ when !isStrong:
                return null;
            case EntityPlan<TEntity>.Nothing nothing:
                return await KeepAsync(mutation, nothing, seen, deadline);
            case EntityPlan<TEntity>.Refusal refusal:
                return refusal.Outcome;
            case var plan:
                throw new InvalidOperationException($"No plan is called {plan.GetType().Name}.");
        }
    }

    private async ValueTask<MutationOutcome<TEntity>?> CommitAsync(
        Mutation<TEntity> mutation, EntityPlan<TEntity>.Change change, Sight seen, HashPath path, SlotHold slot, CancellationToken deadline)
    {
        var tx = NewTx();
        using var leaf = change.IsListingChanged
            ? await directory.EditAsync(path, change.FoldedName, change.After.IsLive, seen.Leaf, tx, deadline)
            : null;
        var writes = new List<StateWrite>(4)
        {
            new(seen.Entity.Key, change.After.Write(tx), seen.Entity.Etag),
            slot.Write(seen.Slot, tx, change.Event),
        };
        if (leaf is not null)
            writes.Add(leaf.Write);
        if (seen.Mutation is not null)
            writes.Add(Remember(mutation, change.After, seen.Mutation, tx));
        switch (await settlement.SettleAsync(tx, writes, deadline))
        {
            case Settled.Committed:
                slot.Committed(tx, change.Event);
                return Done(mutation.Id, change.After, change.Entity);
            case Settled.Lost:
                return null;
            default:
                slot.SetAside();
                return Unknown();
        }
    }

    /// <summary>Nothing changes; only the mutation id is remembered, so that a repetition gets this answer even when things have changed by then.</summary>
    private async ValueTask<MutationOutcome<TEntity>?> KeepAsync(
        Mutation<TEntity> mutation, EntityPlan<TEntity>.Nothing nothing, Sight seen, CancellationToken deadline)
    {
        if (seen.Mutation is null)
            return Done(mutation.Id, nothing.Current, nothing.Entity);
        var tx = NewTx();
        return await settlement.SettleAsync(tx, [Remember(mutation, nothing.Current, seen.Mutation, tx)], deadline) switch
        {
            Settled.Committed => Done(mutation.Id, nothing.Current, nothing.Entity),
            Settled.Lost => null,
            _ => Unknown(),
        };
    }

    private StateWrite Remember(Mutation<TEntity> mutation, EntityDocument after, StateEntry seen, string tx)
    {
        var document = new MutationDocument(MutationDocument.Hash(mutation.Fingerprint), mutation.Id, after);
        return new StateWrite(seen.Key, document.Write(tx), seen.Etag, options.MutationIdLifetime);
    }

    private MutationOutcome<TEntity> Repeated(Mutation<TEntity> mutation, MutationDocument earlier)
    {
        if (earlier.Fingerprint != MutationDocument.Hash(mutation.Fingerprint))
            return new MutationOutcome<TEntity>.MutationIdReused();
        return Done(earlier.Id, earlier.After, earlier.After.IsLive ? EntityJson.Read(earlier.After, options.Json) : null);
    }

    private async ValueTask<Sight> ReadAsync(
        Mutation<TEntity> mutation, string slotKey, LeafView leaf, bool isStrong, CancellationToken deadline)
    {
        var entityKey = EntityKey.Of(options.Noun, mutation.Id);
        var mutationKey = mutation.MutationId is { } mutationId ? MutationDocument.KeyOf(mutationId) : null;
        string[] keys = mutationKey is null ? [entityKey, slotKey, leaf.Key] : [entityKey, slotKey, leaf.Key, mutationKey];
        var entries = isStrong ? await ReadStronglyAsync(keys, deadline) : await store.GetManyAsync(keys, deadline);
        return new Sight(
            entries[entityKey], entries[slotKey], new LeafSighting(leaf, entries[leaf.Key]), mutationKey is null ? null : entries[mutationKey]);
    }

    private async ValueTask<IReadOnlyDictionary<string, StateEntry>> ReadStronglyAsync(string[] keys, CancellationToken deadline)
    {
        var entries = await Task.WhenAll(keys.Select(key => store.GetAsync(key, deadline).AsTask()));
        return entries.ToDictionary(entry => entry.Key, StringComparer.Ordinal);
    }

    private static string NewTx() => Guid.NewGuid().ToString("N");

    private static MutationOutcome<TEntity>.Done Done(string id, EntityDocument document, TEntity? entity) =>
        new(entity is null ? null : new Versioned<TEntity>(id, entity, document.Version));

    private static MutationOutcome<TEntity>.Unavailable Unknown() => new("It is not known whether the change was committed.");

    /// <summary>The documents a mutation is about, as read; <paramref name="Mutation"/> is null where it has no id.</summary>
    private sealed record Sight(StateEntry Entity, StateEntry Slot, LeafSighting Leaf, StateEntry? Mutation);
}
