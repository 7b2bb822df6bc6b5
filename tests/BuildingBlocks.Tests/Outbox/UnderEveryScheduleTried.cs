using CloudNative.BuildingBlocks.Entities;
using CloudNative.BuildingBlocks.Outbox.Simulated;

namespace CloudNative.BuildingBlocks.Outbox;

/// <summary>
/// The production code under random schedules of two replicas that lose requests and answers, are slow, and die. The controls
/// switch one rule off and must be caught, else the model proves nothing.
/// </summary>
public sealed class UnderEveryScheduleTried
{
    private const int Schedules = 3_000;
    private const int Crowds = 1_000;

    [Fact]
    public void G1_G4_G11_every_commit_is_published_once_or_more_and_nothing_else()
    {
        var commits = 0;
        for (var seed = 1; seed <= Schedules; seed++)
        {
            var ledger = new Ledger();
            Run(seed, ledger).ShouldBeEmpty($"seed {seed}");
            commits += ledger.Commits;
        }

        commits.ShouldBeGreaterThan(Schedules * 4);
    }

    [Fact]
    public void G1_G4_G11_the_same_holds_where_mutations_share_calls()
    {
        var (commits, shared) = (0, 0);
        for (var seed = 1; seed <= Crowds; seed++)
        {
            var ledger = new Ledger();
            Run(seed, ledger, sharesCalls: true).ShouldBeEmpty($"seed {seed}");
            (commits, shared) = (commits + ledger.Commits, shared + ledger.SharedTransactions);
        }

        commits.ShouldBeGreaterThan(Crowds * 10);
        shared.ShouldBeGreaterThan(Crowds / 8);
    }

    [Fact]
    public void control_without_the_etag_of_the_slot_events_are_lost() =>
        FirstViolation(seed => Run(seed, new Ledger(ignoresSlotGuards: true))).ShouldBe("committed, but never published");

    [Fact]
    public void control_with_one_look_instead_of_two_applied_changes_are_called_lost() =>
        FirstViolation(seed => Run(seed, new Ledger(), repeatsFirstLook: true)).ShouldNotBeNull();

    private static string? FirstViolation(Func<int, IReadOnlyList<string>> run) =>
        Enumerable.Range(1, Schedules).SelectMany(run).FirstOrDefault();

    private static IReadOnlyList<string> Run(int seed, Ledger ledger, bool repeatsFirstLook = false, bool sharesCalls = false)
    {
        var simulation = new Simulation(seed);
        IReadOnlyList<string> violations = [];
        simulation.Run(async () => violations = await TellAsync(simulation, ledger, repeatsFirstLook, sharesCalls));
        return violations;
    }

    private static async Task<IReadOnlyList<string>> TellAsync(Simulation simulation, Ledger ledger, bool repeatsFirstLook, bool sharesCalls)
    {
        var clients = new List<Task>();
        var replicas = new List<SimulatedReplica>();
        for (var replica = 0; replica < 2; replica++)
        {
            replicas.Add(new SimulatedReplica(simulation, new UnreliableSidecar(simulation, ledger, repeatsFirstLook), sharesCalls));
            replicas[replica].Start();
            for (var client = 0; client < (sharesCalls ? 6 : 3); client++)
                clients.Add(WorkAsync(simulation, ledger, replicas[replica], sharesCalls ? 8 : 3, $"{replica}/{client}"));
        }

        var ended = Task.WhenAll(clients);
        if (simulation.Chance(0.5))
            await Task.WhenAny(DieAsync(simulation, replicas[0]), ended);
        await Task.WhenAny(ended, simulation.PauseAsync(60_000));

        // All calm: what has been committed must come out, and late requests have landed.
        replicas.ForEach(replica => replica.Heal());
        replicas.Add(new SimulatedReplica(simulation, new UnreliableSidecar(simulation, ledger) { IsReliable = true }, sharesCalls));
        replicas[^1].Start();
        await Task.Delay(TimeSpan.FromSeconds(60), simulation.Time);
        var page = await replicas[^1].Things.ListAsync(new EntityQuery(null, 100, null), CancellationToken.None);
        return ledger.ViolationsAtTheEnd([.. page.Items.Select(item => item.Id)]);
    }

    private static async Task WorkAsync(Simulation simulation, Ledger ledger, SimulatedReplica replica, int things, string client)
    {
        for (var turn = 0; turn < 3; turn++)
        {
            await simulation.PauseAsync(100);
            var (id, text) = ($"{simulation.Random.Next(things)}", $"{client}/{turn}");
            var thing = new Thing(id, simulation.Chance(0.5) ? "one" : "two", text);
            Decision<Thing> decision = simulation.Chance(0.2) ? new Decision<Thing>.Delete() : new Decision<Thing>.Save(thing);
            var outcome = await replica.Things.MutateAsync(new Mutation<Thing>(id, _ => decision), CancellationToken.None);
            if (decision is Decision<Thing>.Save && outcome is MutationOutcome<Thing>.Done)
                ledger.Told(text);
        }
    }

    private static async Task DieAsync(Simulation simulation, SimulatedReplica replica)
    {
        await simulation.PauseAsync(2_000);
        replica.Die();
    }
}
