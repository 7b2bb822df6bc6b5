using CloudNative.BuildingBlocks.Entities;
using GraphQL.DataLoader;

namespace CloudNative.ThingsBff.FindingThings;

/// <summary>Collects the ids that the fields of one operation ask for; the first field that needs its answer has them read in one call.</summary>
internal sealed class ThingLoader(IEntityStore<Thing> things)
{
    private Batch? collecting;

    public IDataLoaderResult Load(string id)
    {
        collecting ??= new Batch(this);
        collecting.Ids.Add(id);
        return new Pending(collecting, id);
    }

    private async Task<IReadOnlyDictionary<string, Versioned<Thing>>> ReadAsync(HashSet<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count > 1)
            return await things.FindManyAsync(ids, cancellationToken);

        // A lone id is read strongly: a client sees what it has just saved. Bulk reads are not strong on every store.
        var found = new Dictionary<string, Versioned<Thing>>();
        foreach (var id in ids)
        {
            if (await things.FindAsync(id, cancellationToken) is { } thing)
                found[id] = thing;
        }

        return found;
    }

    private sealed class Batch(ThingLoader loader)
    {
        private Task<IReadOnlyDictionary<string, Versioned<Thing>>>? reading;

        public HashSet<string> Ids { get; } = [];

        // Fields are resolved one after the other and only then asked for their answers, so this runs on one thread.
        public async Task<object?> FindAsync(string id, CancellationToken cancellationToken)
        {
            if (reading is null)
            {
                loader.collecting = null;
                reading = loader.ReadAsync(Ids, cancellationToken);
            }

            return (await reading).GetValueOrDefault(id);
        }
    }

    private sealed class Pending(Batch batch, string id) : IDataLoaderResult
    {
        public Task<object?> GetResultAsync(CancellationToken cancellationToken = default) => batch.FindAsync(id, cancellationToken);
    }
}
