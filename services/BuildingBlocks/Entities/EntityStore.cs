using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>The entities of one service over its state component.</summary>
internal sealed class EntityStore<TEntity>(
    EntityReader<TEntity> reader, EntityCommit<TEntity> commit, EntityListing<TEntity> listing, EntityStoreOptions<TEntity> options, TimeProvider time)
    : IEntityStore<TEntity>
    where TEntity : class
{
    private readonly KeyedLock _turns = new();

    public async ValueTask<Versioned<TEntity>?> FindAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.FindAsync(id, cancellationToken);
        }
        catch (StateStoreException failure)
        {
            throw Unavailable(failure);
        }
    }

    public async ValueTask<IReadOnlyDictionary<string, Versioned<TEntity>>> FindManyAsync(
        IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.FindManyAsync(ids, cancellationToken);
        }
        catch (StateStoreException failure)
        {
            throw Unavailable(failure);
        }
    }

    public async ValueTask<EntityPage<TEntity>> ListAsync(EntityQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        try
        {
            return await listing.ListAsync(query, cancellationToken);
        }
        catch (StateStoreException failure)
        {
            throw Unavailable(failure);
        }
    }

    public async ValueTask<MutationOutcome<TEntity>> MutateAsync(Mutation<TEntity> mutation, CancellationToken cancellationToken)
    {
        if (EntityLimits.FaultOfId(mutation.Id) is { } fault)
            return new MutationOutcome<TEntity>.Invalid(fault);

        using var deadline = new CancellationTokenSource(options.MutationDeadline, time);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var turn = await _turns.AcquireAsync(mutation.Id, waiting.Token);

            // From here on the caller's going away changes nothing: what may have been sent must be settled.
            return await commit.RunAsync(mutation, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return new MutationOutcome<TEntity>.Unavailable("The change could not be committed within its deadline.");
        }
        catch (StateStoreException)
        {
            return new MutationOutcome<TEntity>.Unavailable("The state store does not answer.");
        }
    }

    private static EntityStoreUnavailableException Unavailable(StateStoreException failure) => new("The state store does not answer.", failure);
}
