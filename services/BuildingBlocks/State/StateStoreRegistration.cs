using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Stub = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace CloudNative.BuildingBlocks.State;

/// <summary>Registers a service's state component.</summary>
public static class StateStoreRegistration
{
    /// <summary>Adds <see cref="IStateStore"/> over the Dapr component of that name; an <see cref="IStateStore"/> registered before stays.</summary>
    /// <param name="sharesCalls">Whether bulk reads and transactions that are asked for at the same time share calls to the sidecar.</param>
    public static IServiceCollection AddDaprStateStore(this IServiceCollection services, string component, bool sharesCalls = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(component);
        services.AddSidecarStub();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IStateStore>(provider =>
        {
            var store = new DaprStateStore(provider.GetRequiredService<Stub>(), component, provider.GetRequiredService<TimeProvider>());
            return sharesCalls ? new SharingStateStore(store) : store;
        });
        return services;
    }
}
