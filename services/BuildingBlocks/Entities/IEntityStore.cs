namespace CloudNative.BuildingBlocks.Entities;

/// <summary>
/// The entities of one service, event-sourced database-first: each change is committed together with its event (outbox) and
/// its place in the key directory, and the event is published in the background, in order per entity.
/// </summary>
public interface IEntityStore<TEntity>
    where TEntity : class
{
    /// <summary>The entity, or null when it never existed or is deleted.</summary>
    /// <exception cref="EntityStoreUnavailableException">The store did not answer within the deadline.</exception>
    ValueTask<Versioned<TEntity>?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Those of the entities that exist, by id, in one call to the store.</summary>
    ValueTask<IReadOnlyDictionary<string, Versioned<TEntity>>> FindManyAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>Applies a decision to the entity; answers when it is committed (or refused for certain).</summary>
    ValueTask<MutationOutcome<TEntity>> MutateAsync(Mutation<TEntity> mutation, CancellationToken cancellationToken);

    /// <summary>A page in the directory's order (hash of the id, id): full except the last.</summary>
    /// <exception cref="InvalidCursorException">The cursor is foreign, forged, or belongs to another filter.</exception>
    ValueTask<EntityPage<TEntity>> ListAsync(EntityQuery query, CancellationToken cancellationToken);
}

/// <summary>An entity and the version its last event carries: 1 for the first, without a gap, deletes counted.</summary>
public sealed record Versioned<TEntity>(string Id, TEntity Value, long Version);

/// <summary>
/// A change to one entity. <paramref name="Decide"/> is pure and may be called again with a newer state: it gets the entity as it
/// is now (null: absent or deleted). <paramref name="MutationId"/> makes a repetition answer as the first did;
/// <paramref name="Fingerprint"/> is a text equal exactly for equal requests.
/// </summary>
public sealed record Mutation<TEntity>(
    string Id,
    Func<Versioned<TEntity>?, Decision<TEntity>> Decide,
    string? MutationId = null,
    string Fingerprint = "")
    where TEntity : class;

/// <summary>What a mutation comes to.</summary>
public abstract record Decision<TEntity>
{
    private Decision()
    {
    }

    public sealed record Save(TEntity Next) : Decision<TEntity>;

    public sealed record Delete : Decision<TEntity>;

    /// <summary>Nothing to change, nothing to emit.</summary>
    public sealed record Nothing : Decision<TEntity>;

    /// <summary>The caller's expectation does not hold, e.g. the version it named.</summary>
    public sealed record Conflict(string Reason) : Decision<TEntity>;

    /// <summary>The entity or its event would break a limit; the reason names it.</summary>
    public sealed record Invalid(string Reason) : Decision<TEntity>;
}

/// <summary>How a mutation ended.</summary>
public abstract record MutationOutcome<TEntity>
    where TEntity : class
{
    private MutationOutcome()
    {
    }

    /// <summary>Committed, or found to be committed before under the same mutation id. Null: it is deleted (or was not there).</summary>
    public sealed record Done(Versioned<TEntity>? Entity) : MutationOutcome<TEntity>;

    public sealed record Conflict(string Reason) : MutationOutcome<TEntity>;

    public sealed record Invalid(string Reason) : MutationOutcome<TEntity>;

    /// <summary>The mutation id was used before, with another request.</summary>
    public sealed record MutationIdReused : MutationOutcome<TEntity>;

    /// <summary>Not known to be committed within the deadline; safe to send again, exactly once under a mutation id.</summary>
    public sealed record Unavailable(string Reason) : MutationOutcome<TEntity>;
}

/// <summary><paramref name="NameContains"/> ignores case, null for all; <paramref name="Limit"/> is at least 1; <paramref name="Cursor"/> as a page gave it.</summary>
public sealed record EntityQuery(string? NameContains, int Limit, string? Cursor);

/// <summary><paramref name="Cursor"/> is null exactly when nothing follows.</summary>
public sealed record EntityPage<TEntity>(IReadOnlyList<Versioned<TEntity>> Items, string? Cursor)
    where TEntity : class;

public sealed class EntityStoreUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

public sealed class InvalidCursorException(string message) : Exception(message);
