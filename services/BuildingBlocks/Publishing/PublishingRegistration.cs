using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CloudNative.BuildingBlocks.Publishing;

public static class PublishingRegistration
{
    /// <summary>Registers <see cref="IEventPublisher"/> over the sidecar, unless there is one already. Settings: <see cref="PublishingOptions"/>.</summary>
    public static IServiceCollection AddEventPublisher(this IServiceCollection services)
    {
        services.AddOptions<PublishingOptions>()
            .BindConfiguration(PublishingOptions.Section)
            .Validate(o => o.Deadline > TimeSpan.Zero, "Publishing:Deadline must be above 0.")
            .Validate(o => o is { PubSub.Length: > 0, Topic.Length: > 0, DeadLetterTopic.Length: > 0 }, "Publishing names a component and two topics.")
            .ValidateOnStart();
        services.AddSidecarStub();
        services.TryAddSingleton<IEventPublisher, DaprEventPublisher>();
        return services;
    }
}
