using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CloudNative.BuildingBlocks.Outbox;

internal static class OutboxRegistration
{
    /// <summary>Adds the outbox of the service's one <see cref="IStateStore"/>; needs an <see cref="Events.IEventPublisher"/>.</summary>
    public static IServiceCollection AddOutbox(this IServiceCollection services)
    {
        services.AddOptions<OutboxOptions>().BindConfiguration(OutboxOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OutboxOptions>, OutboxOptionsValidator>());
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<OutboxOptions>>().Value);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.TryAddSingleton<Settlement>();
        services.TryAddSingleton<SlotPool>();
        services.TryAddSingleton<EventQueue>();
        services.TryAddSingleton<EventOutbox>();
        services.TryAddSingleton<OutboxSweep>();
        services.TryAddSingleton<OutboxFlush>();
        services.AddHostedService<OutboxService>();
        return services;
    }
}
