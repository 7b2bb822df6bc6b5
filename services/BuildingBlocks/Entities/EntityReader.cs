using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>Reads entities by id.</summary>
internal sealed class EntityReader<TEntity>(IStateStore store, EntityStoreOptions<TEntity> options)
    where TEntity : class
{
    /// <exception cref="StateStoreException">The store did not answer.</exception>
    public async ValueTask<Versioned<TEntity>?> FindAsync(string id, CancellationToken cancellationToken) =>
        EntityLimits.FaultOfId(id) is null ? Live(id, await store.GetAsync(EntityKey.Of(options.Noun, id), cancellationToken)) : null;

    /// <exception cref="StateStoreException">The store did not answer.</exception>
    public async ValueTask<IReadOnlyDictionary<string, Versioned<TEntity>>> FindManyAsync(
        IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var keys = ids.Where(id => EntityLimits.FaultOfId(id) is null).Distinct(StringComparer.Ordinal)
            .ToDictionary(id => id, id => EntityKey.Of(options.Noun, id), StringComparer.Ordinal);
        var found = new Dictionary<string, Versioned<TEntity>>(keys.Count, StringComparer.Ordinal);
        if (keys.Count == 0)
            return found;
        var entries = await store.GetManyAsync(keys.Values, cancellationToken);
        foreach (var (id, key) in keys)
        {
            if (Live(id, entries[key]) is { } entity)
                found.Add(id, entity);
        }

        return found;
    }

    private Versioned<TEntity>? Live(string id, StateEntry entry)
    {
        var document = EntityDocument.Read(entry);
        return document.IsLive ? new Versioned<TEntity>(id, EntityJson.Read(document, options.Json), document.Version) : null;
    }
}
