using System.Text.Json.Serialization;
using CloudNative.BuildingBlocks.Directories;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Outbox;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CloudNative.BuildingBlocks.Entities;

internal sealed record Thing(string Id, string? Name, string? Description = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Thing))]
internal sealed partial class ThingJson : JsonSerializerContext;

/// <summary>One replica of a service that keeps things, composed as in production, over a store and a stream that tests hold in hand.</summary>
internal sealed class ThingsInMemory : IAsyncDisposable
{
    private readonly ServiceProvider _provider;
    private readonly List<IHostedService> _started = [];

    public ThingsInMemory(IStateStore store, IEventPublisher publisher, TimeProvider? time = null, Action<OutboxOptions>? outbox = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton(store);
        services.AddSingleton(publisher);
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddSingleton<ICursorKey>(new KnownCursorKey("a key for tests"));
        services.AddEntityStore("things", new EntityStoreOptions<Thing>("thing", ThingJson.Default.Thing, thing => thing.Name));
        services.Configure(outbox ?? (static _ => { }));
        _provider = services.BuildServiceProvider();
        Things = _provider.GetRequiredService<IEntityStore<Thing>>();
    }

    public IEntityStore<Thing> Things { get; }

    public T Part<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var service in _provider.GetServices<IHostedService>())
        {
            await service.StartAsync(cancellationToken);
            _started.Add(service);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var service in _started)
            await service.StopAsync(cancellationToken);
        _started.Clear();
    }

    public ValueTask<MutationOutcome<Thing>> SaveAsync(Thing thing, string? mutationId = null) => Things.MutateAsync(
        new Mutation<Thing>(thing.Id, _ => new Decision<Thing>.Save(thing), mutationId, thing.ToString()), TestContext.Current.CancellationToken);

    public ValueTask<MutationOutcome<Thing>> DeleteAsync(string id, string? mutationId = null) => Things.MutateAsync(
        new Mutation<Thing>(id, _ => new Decision<Thing>.Delete(), mutationId, $"delete {id}"), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Part<EventOutbox>().StopAsync();
        await _provider.DisposeAsync();
    }
}
