using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Stub = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace CloudNative.BuildingBlocks.State;

/// <summary>Registers a service's state component.</summary>
public static class StateStoreRegistration
{
    /// <summary>Adds <see cref="IStateStore"/> over the Dapr component of that name; an <see cref="IStateStore"/> registered before stays.</summary>
    public static IServiceCollection AddDaprStateStore(this IServiceCollection services, string component)
    {
        ArgumentException.ThrowIfNullOrEmpty(component);
        services.AddSidecarStub();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IStateStore>(provider => new DaprStateStore(
            provider.GetRequiredService<Stub>(), component, provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
