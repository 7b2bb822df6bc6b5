using CloudNative.BuildingBlocks.Directories;
using CloudNative.BuildingBlocks.Outbox;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>Registers a service's entity store.</summary>
public static class EntityStoreRegistration
{
    /// <summary>
    /// Adds <see cref="IEntityStore{TEntity}"/> over the state component of that name, with its outbox (settings <c>Outbox</c>) and
    /// key directory. Needs an <see cref="Events.IEventPublisher"/>. What is registered before stays: an <see cref="IStateStore"/>, an
    /// <see cref="ICursorKey"/> (else secret <c>cursor-key</c> of the secret store <c>secrets</c>), a <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddEntityStore<TEntity>(
        this IServiceCollection services, string stateComponent, EntityStoreOptions<TEntity> options)
        where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddDaprStateStore(stateComponent, sharesCalls: true);
        services.AddOutbox();
        services.AddCursorKey();
        services.TryAddSingleton<KeyDirectory>();
        services.TryAddSingleton<DirectoryScan>();
        services.AddSingleton(options);
        services.AddSingleton<EntityReader<TEntity>>();
        services.AddSingleton<EntityCommit<TEntity>>();
        services.AddSingleton<EntityListing<TEntity>>();
        services.AddSingleton<IEntityStore<TEntity>, EntityStore<TEntity>>();
        return services;
    }
}
