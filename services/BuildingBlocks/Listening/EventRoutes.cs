using CloudNative.BuildingBlocks.Events;
using Microsoft.Extensions.DependencyInjection;

namespace CloudNative.BuildingBlocks.Listening;

/// <summary>Runs one event through one handler.</summary>
public delegate ValueTask EventHandling(EventDocument document, CancellationToken cancellationToken);

/// <summary>One registration: which types (null: all) go to which handler.</summary>
internal sealed record EventRoute(string? Type, Func<IServiceProvider, EventHandling> Handler);

/// <summary>Which handlers an event goes through, in the order they were registered.</summary>
internal sealed class EventRoutes
{
    private readonly List<(string? Type, EventHandling Handling)> all;
    private readonly Dictionary<string, EventHandling[]> byType;
    private readonly EventHandling[] ofOtherTypes;

    public EventRoutes(IEnumerable<EventRoute> routes, IServiceProvider services)
    {
        all = [.. routes.Select(r => (r.Type, r.Handler(services)))];
        byType = all.Where(r => r.Type is not null).Select(r => r.Type!).Distinct().ToDictionary(type => type, Matching);
        ofOtherTypes = Matching(null);
    }

    public IReadOnlyList<EventHandling> For(string type) => byType.GetValueOrDefault(type, ofOtherTypes);

    private EventHandling[] Matching(string? type) => [.. all.Where(r => r.Type is null || r.Type == type).Select(r => r.Handling)];
}

/// <summary>Registers what a listener does with events.</summary>
public sealed class ListenerBuilder
{
    private readonly IServiceCollection services;

    internal ListenerBuilder(IServiceCollection services) => this.services = services;

    /// <summary>Events of these types go to a handler made once by the container.</summary>
    public ListenerBuilder On<THandler>(params ReadOnlySpan<string> types)
        where THandler : class, IEventHandler
    {
        AddOnce<THandler>();
        foreach (var type in types)
            services.AddSingleton(new EventRoute(type, provider => provider.GetRequiredService<THandler>().HandleAsync));
        return this;
    }

    /// <summary>Events of this type go to a function.</summary>
    public ListenerBuilder On(string type, EventHandling handling)
    {
        services.AddSingleton(new EventRoute(type, _ => handling));
        return this;
    }

    /// <summary>Every event goes to a handler made once by the container.</summary>
    public ListenerBuilder OnAny<THandler>()
        where THandler : class, IEventHandler
    {
        AddOnce<THandler>();
        services.AddSingleton(new EventRoute(null, provider => provider.GetRequiredService<THandler>().HandleAsync));
        return this;
    }

    private void AddOnce<THandler>()
        where THandler : class, IEventHandler
    {
        if (!services.Any(s => s.ServiceType == typeof(THandler)))
            services.AddSingleton<THandler>();
    }
}
