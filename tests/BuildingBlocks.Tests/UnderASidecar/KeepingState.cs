using System.Text;
using CloudNative.BuildingBlocks.Entities;
using CloudNative.BuildingBlocks.State;
using CloudNative.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CloudNative.BuildingBlocks.Tests.UnderASidecar;

/// <summary>The traps of the state API that concern a service, by their number in the list of traps.</summary>
public sealed class KeepingState : IAsyncLifetime
{
    private RunningSidecar sidecar = null!;
    private ServiceProvider services = null!;

    private IStateStore Store => services.GetRequiredService<IStateStore>();

    public async ValueTask InitializeAsync()
    {
        sidecar = await RunningSidecar.StartAsync("things-bff", [Components.Things], TestContext.Current.CancellationToken);
        services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddCommandLine([.. sidecar.Settings]).Build())
            .AddDaprStateStore("things")
            .BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await sidecar.DisposeAsync();
    }

    [Fact]
    public async Task trap_1_a_conflict_hidden_in_a_failed_transaction_is_found_out_by_reading()
    {
        await using var one = new ThingsInMemory(Store, new RecordingPublisher());
        await using var other = new ThingsInMemory(Store, new RecordingPublisher());

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => (n % 2 == 0 ? one : other).SaveAsync(new Thing("t1", $"name {n}")).AsTask()));

        outcomes.Select(outcome => outcome.ShouldBeOfType<MutationOutcome<Thing>.Done>().Entity!.Version).Order().ShouldBe(Enumerable.Range(1, 10).Select(n => (long)n));
    }

    [Fact]
    public async Task trap_1_a_failed_transaction_alone_does_not_tell_a_conflict()
    {
        await WriteAsync("k", "1");

        var failure = await Should.ThrowAsync<StateStoreException>(Store.TransactAsync([new StateWrite("k", "2"u8.ToArray(), "no-such-etag")], TestContext.Current.CancellationToken).AsTask());

        failure.Message.ShouldEndWith("ended as Internal.");
    }

    [Fact]
    public async Task trap_3_a_new_document_is_never_written_over_one_that_is_there()
    {
        await WriteAsync("k", "1");

        await Should.ThrowAsync<StateStoreException>(WriteAsync("k", "2").AsTask());

        Encoding.UTF8.GetString((await Store.GetAsync("k", TestContext.Current.CancellationToken)).Value.Span).ShouldBe("1");
    }

    [Fact]
    public async Task documents_come_back_byte_by_byte()
    {
        const string Document = """{ "z": 1.10, "a": 12345678901234567890, "text": "<&>\u00e9" }""";

        await WriteAsync("k", Document);

        Encoding.UTF8.GetString((await Store.GetAsync("k", TestContext.Current.CancellationToken)).Value.Span).ShouldBe(Document);
    }

    private ValueTask WriteAsync(string key, string value) =>
        Store.TransactAsync([new StateWrite(key, Encoding.UTF8.GetBytes(value), null)], TestContext.Current.CancellationToken);
}
