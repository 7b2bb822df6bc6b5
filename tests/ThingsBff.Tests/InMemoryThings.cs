using System.Text.Json;
using System.Text.Json.Nodes;
using CloudNative.BuildingBlocks.Entities;

namespace CloudNative.ThingsBff;

/// <summary>A store that keeps the contract of the seam in memory, counts calls, and can be away.</summary>
internal sealed class InMemoryThings : IEntityStore<Thing>
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (long Version, Thing? Value)> states = [];
    private readonly Dictionary<string, (string Fingerprint, MutationOutcome<Thing> Outcome)> mutations = [];
    private readonly List<string> calls = [];

    public RecordedEvents Events { get; } = new();

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
            if (mutation.MutationId is null)
                return ValueTask.FromResult(Apply(mutation));
            if (!mutations.TryGetValue(mutation.MutationId, out var known))
                mutations[mutation.MutationId] = known = (mutation.Fingerprint, Apply(mutation));
            return ValueTask.FromResult(known.Fingerprint == mutation.Fingerprint ? known.Outcome : new MutationOutcome<Thing>.MutationIdReused());
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

    private MutationOutcome<Thing> Apply(Mutation<Thing> mutation)
    {
        var current = Current(mutation.Id);
        return mutation.Decide(current) switch
        {
            Decision<Thing>.Save { Next.Description.Length: > 60_000 } => new MutationOutcome<Thing>.Invalid("The event would be larger than 60 KB."),
            Decision<Thing>.Save save => Write(current, mutation.Id, save.Next),
            Decision<Thing>.Delete => Write(current, mutation.Id, null),
            Decision<Thing>.Conflict conflict => new MutationOutcome<Thing>.Conflict(conflict.Reason),
            Decision<Thing>.Invalid invalid => new MutationOutcome<Thing>.Invalid(invalid.Reason),
            _ => new MutationOutcome<Thing>.Done(current),
        };
    }

    private MutationOutcome<Thing>.Done Write(Versioned<Thing>? old, string id, Thing? value)
    {
        var version = states.GetValueOrDefault(id).Version + 1;
        states[id] = (version, value);
        Events.Add(new ToldEvent($"{id}:{version}", Type(old, value), id, version, Images(old?.Value, value)));
        return new MutationOutcome<Thing>.Done(Current(id));
    }

    private static string Type(Versioned<Thing>? old, Thing? value) =>
        value is null ? "thing-deleted" : old is null ? "thing-created" : "thing-updated";

    private static JsonElement Images(Thing? old, Thing? value)
    {
        var images = new JsonObject();
        if (old is not null)
            images["old"] = JsonSerializer.SerializeToNode(old, ThingJson.Default.Thing);
        if (value is not null)
            images["new"] = JsonSerializer.SerializeToNode(value, ThingJson.Default.Thing);
        return JsonSerializer.SerializeToElement(images);
    }
}
