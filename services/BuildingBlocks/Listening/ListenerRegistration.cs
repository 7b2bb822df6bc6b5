using CloudNative.BuildingBlocks.Faults;
using CloudNative.BuildingBlocks.Publishing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CloudNative.BuildingBlocks.Listening;

/// <summary>Makes a service listen to the event stream.</summary>
public static class ListenerRegistration
{
    /// <summary>
    /// Registers the listener; the answer takes its handlers: <c>services.AddListener().On("thing-created", handle)</c>.
    /// <paramref name="defaults"/> are the service's own and give way to configuration (<c>Listener__...</c>).
    /// </summary>
    public static ListenerBuilder AddListener(this IServiceCollection services, Action<ListenerOptions>? defaults = null)
    {
        var options = services.AddOptions<ListenerOptions>();
        if (defaults is not null)
            options.Configure(defaults);
        options.BindConfiguration(ListenerOptions.Section)
            .Validate(o => o.Lanes is >= 1 and <= 64, "Listener:Lanes lies between 1 and 64.")
            .Validate(o => o.Lanes * (1 + o.FurtherTopics.Count) <= 64, "Listener:Lanes of all topics together are at most 64.")
            .Validate(o => o.MaxAttempts >= 1, "Listener:MaxAttempts is at least 1.")
            .ValidateOnStart();

        services.AddEventPublisher();
        services.TryAddSingleton(provider => new AppApiToken(provider.GetRequiredService<IConfiguration>()["APP_API_TOKEN"]));
        services.TryAddSingleton<EventRoutes>();
        services.TryAddSingleton<FaultReporter>();
        services.TryAddSingleton<DeliveryAttempts>();
        services.TryAddSingleton<ListenerMetrics>();
        services.TryAddSingleton<SubscriptionList>();
        services.TryAddSingleton<Listener>();
        services.TryAddSingleton<ListenerEndpoints>();
        return new ListenerBuilder(services);
    }

    /// <summary>Maps <c>GET /dapr/subscribe</c> and <c>POST /events</c>, which only the sidecar calls.</summary>
    public static IEndpointRouteBuilder MapListener(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var listener = endpoints.ServiceProvider.GetRequiredService<ListenerEndpoints>();
        endpoints.MapGet("/dapr/subscribe", listener.SubscribeAsync);
        endpoints.MapPost(SubscriptionList.Route, listener.DeliverAsync);
        return endpoints;
    }
}
