using CloudNative.BuildingBlocks.Directories;
using CloudNative.BuildingBlocks.Entities;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace CloudNative.BuildingBlocks.Outbox.Simulated;

/// <summary>The production parts of one replica on virtual time, with its sweep and flush loops.</summary>
internal sealed class SimulatedReplica
{
    private readonly Simulation _simulation;
    private readonly UnreliableSidecar _sidecar;
    private readonly OutboxOptions _options;
    private readonly OutboxSweep _sweep;
    private readonly OutboxFlush _flush;

    /// <param name="sharesCalls">As production does: bulk reads and transactions of concurrent mutations share calls; with more slots, so that there is company.</param>
    public SimulatedReplica(Simulation simulation, UnreliableSidecar sidecar, bool sharesCalls = false)
    {
        _options = sharesCalls ? new() { Slots = 12, SlotsPerReplica = 6 } : new() { Slots = 4, SlotsPerReplica = 2 };
        IStateStore store = sharesCalls ? new SharingStateStore(sidecar) : sidecar;
        var (time, random) = (simulation.Time, simulation.Random);
        _simulation = simulation;
        _sidecar = sidecar;
        var pool = new SlotPool(_options, time, random);
        var settlement = new Settlement(store, time, random);
        var outbox = new EventOutbox(store, pool, new EventQueue(sidecar, time, NullLogger<EventQueue>.Instance));
        var directory = new KeyDirectory(store, settlement);
        var options = new EntityStoreOptions<Thing>("thing", ThingJson.Default.Thing, thing => thing.Name);
        var reader = new EntityReader<Thing>(store, options);
        _sweep = new OutboxSweep(store, sidecar, pool, time, NullLogger<OutboxSweep>.Instance);
        _flush = new OutboxFlush(store, pool);
        Things = new EntityStore<Thing>(
            reader,
            new EntityCommit<Thing>(store, settlement, outbox, directory, options, time),
            new EntityListing<Thing>(reader, new DirectoryScan(store, directory), new KnownCursorKey("key"), options),
            options,
            time);
    }

    public EntityStore<Thing> Things { get; }

    public void Start()
    {
        _ = SweepAsync();
        _ = FlushAsync();
    }

    public void Die() => _sidecar.IsDead = true;

    public void Heal() => _sidecar.IsReliable = true;

    private async Task SweepAsync()
    {
        for (var age = TimeSpan.Zero; !_sidecar.IsDead; age = _options.Age)
        {
            await TryAsync(_sweep.RunAsync(age, CancellationToken.None));
            await _simulation.PauseAsync(5_000);
        }
    }

    private async Task FlushAsync()
    {
        while (!_sidecar.IsDead)
        {
            await _simulation.PauseAsync(2_000);
            await TryAsync(_flush.RunAsync(_options.Flush, CancellationToken.None));
        }
    }

    private static async Task TryAsync(ValueTask work)
    {
        try
        {
            await work;
        }
        catch (StateStoreException)
        {
            // The next round tries again.
        }
    }
}
