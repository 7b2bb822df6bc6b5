using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Stub = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace CloudNative.BuildingBlocks.Directories;

/// <summary>Registers the key that signs a service's cursors.</summary>
public static class CursorKeyRegistration
{
    /// <summary>Adds <see cref="ICursorKey"/>: secret <c>cursor-key</c> of the secret store <c>secrets</c>, unless there is one already.</summary>
    public static IServiceCollection AddCursorKey(this IServiceCollection services)
    {
        services.AddSidecarStub();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ICursorKey>(provider => new SecretCursorKey(
            provider.GetRequiredService<Stub>(), "secrets", "cursor-key", provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
