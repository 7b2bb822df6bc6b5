using CloudNative.BuildingBlocks.Directories;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>Makes pages out of the directory: full except the last, and a cursor exactly where something follows.</summary>
internal sealed class EntityListing<TEntity>(
    EntityReader<TEntity> entities, DirectoryScan directory, ICursorKey cursorKey, EntityStoreOptions<TEntity> options)
    where TEntity : class
{
    public async ValueTask<EntityPage<TEntity>> ListAsync(EntityQuery query, CancellationToken cancellationToken)
    {
        var key = await cursorKey.GetAsync(cancellationToken);
        var filter = NameFilter.Fold(query.NameContains);
        var items = new List<Versioned<TEntity>>(query.Limit + 1);
        await using var entries = directory.EntriesAsync(Position(query.Cursor, filter, key), filter, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);

        // One more than asked for tells whether anything follows; what has changed since its leaf was read is topped up.
        while (items.Count <= query.Limit && await NextAsync(entries, query.Limit + 1 - items.Count) is { Count: > 0 } ids)
        {
            var found = await entities.FindManyAsync(ids, cancellationToken);
            items.AddRange(ids.Where(found.ContainsKey).Select(id => found[id]).Where(entity => IsListed(entity, filter)));
        }

        return items.Count <= query.Limit
            ? new EntityPage<TEntity>(items, null)
            : new EntityPage<TEntity>(items[..query.Limit], PageCursor.Write(items[query.Limit - 1].Id, filter, key.Span));
    }

    private static HashPath? Position(string? cursor, string? filter, ReadOnlyMemory<byte> key) => cursor is null
        ? null
        : HashPath.Of(PageCursor.Read(cursor, filter, key.Span)
            ?? throw new InvalidCursorException("The cursor is not one of this list's with this filter."));

    private static async ValueTask<List<string>> NextAsync(IAsyncEnumerator<HashPath> entries, int count)
    {
        var ids = new List<string>(count);
        while (ids.Count < count && await entries.MoveNextAsync())
            ids.Add(entries.Current.Id);
        return ids;
    }

    private bool IsListed(Versioned<TEntity> entity, string? filter) =>
        NameFilter.Matches(NameFilter.Fold(options.Name(entity.Value)), filter);
}
