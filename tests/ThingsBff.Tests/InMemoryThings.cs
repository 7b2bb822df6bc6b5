using CloudNative.BuildingBlocks.Entities;

namespace CloudNative.ThingsBff;

/// <summary>A store that keeps the contract of the seam in memory, counts calls, and can be away.</summary>
internal sealed class InMemoryThings : IEntityStore<Thing>
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (long Version, Thing? Value)> states = [];
    private readonly List<string> calls = [];

    public Exception? Failure { get; set; }

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (gate)
                return [.. calls];
        }
    }

    public ValueTask<Versioned<Thing>?> FindAsync(string id, CancellationToken cancellationToken)
    {
        Note("Find");
        return ValueTask.FromResult(Current(id));
    }

    public ValueTask<IReadOnlyDictionary<string, Versioned<Thing>>> FindManyAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        Note($"FindMany {ids.Count}");
        return ValueTask.FromResult<IReadOnlyDictionary<string, Versioned<Thing>>>(
            ids.Select(Current).OfType<Versioned<Thing>>().ToDictionary(thing => thing.Id));
    }

    public ValueTask<MutationOutcome<Thing>> MutateAsync(Mutation<Thing> mutation, CancellationToken cancellationToken)
    {
        Note("Mutate");
        lock (gate)
        {
            var current = Current(mutation.Id);
            return ValueTask.FromResult<MutationOutcome<Thing>>(mutation.Decide(current) switch
            {
                Decision<Thing>.Save save => Write(mutation.Id, save.Next),
                Decision<Thing>.Delete => Write(mutation.Id, null),
                Decision<Thing>.Conflict conflict => new MutationOutcome<Thing>.Conflict(conflict.Reason),
                Decision<Thing>.Invalid invalid => new MutationOutcome<Thing>.Invalid(invalid.Reason),
                _ => new MutationOutcome<Thing>.Done(current),
            });
        }
    }

    public ValueTask<EntityPage<Thing>> ListAsync(EntityQuery query, CancellationToken cancellationToken)
    {
        Note("List");
        lock (gate)
        {
            var prefix = $"page of {query.NameContains}:";
            var offset = query.Cursor is null
                ? 0
                : query.Cursor.StartsWith(prefix, StringComparison.Ordinal) ? int.Parse(query.Cursor[prefix.Length..]) : throw new InvalidCursorException("secret detail");
            var all = states.Keys.Order(StringComparer.Ordinal).Select(Current).OfType<Versioned<Thing>>()
                .Where(thing => thing.Value.Name.Contains(query.NameContains ?? "", StringComparison.OrdinalIgnoreCase)).ToList();
            var items = all.Skip(offset).Take(query.Limit).ToList();
            var next = offset + items.Count;
            return ValueTask.FromResult(new EntityPage<Thing>(items, next < all.Count ? prefix + next : null));
        }
    }

    private void Note(string call)
    {
        lock (gate)
            calls.Add(call);
        if (Failure is not null)
            throw Failure;
    }

    private Versioned<Thing>? Current(string id)
    {
        lock (gate)
            return states.TryGetValue(id, out var state) && state.Value is not null ? new Versioned<Thing>(id, state.Value, state.Version) : null;
    }

    private MutationOutcome<Thing>.Done Write(string id, Thing? value)
    {
        states[id] = (states.GetValueOrDefault(id).Version + 1, value);
        return new MutationOutcome<Thing>.Done(Current(id));
    }
}
