using CloudNative.Local.PubSub.Delivering;
using CloudNative.Local.PubSub.Publishing;
using CloudNative.Local.PubSub.Subscribing;
using CloudNative.Local.Resiliency;
using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars;

namespace CloudNative.Local.PubSub;

/// <summary>The pub/sub building block of one sidecar: the publish API, and the deliveries to its app.</summary>
public sealed class PubSubApi : IApi, IAppLifecycle, ISubscriptionSource
{
    private readonly PublishApi publishing;
    private readonly AppSubscriptions? subscriptions;
    private readonly IReadOnlyList<SubscriptionInfo> declared;
    private readonly TimeSpan longestPause;
    private readonly TimeProvider time;

    private PubSubApi(
        PublishApi publishing, AppSubscriptions? subscriptions, IReadOnlyList<SubscriptionInfo> declared, TimeSpan longestPause, TimeProvider time)
    {
        this.publishing = publishing;
        this.subscriptions = subscriptions;
        this.declared = declared;
        this.longestPause = longestPause;
        this.time = time;
    }

    /// <summary>Without an app port there is nobody to deliver to; publishing works all the same.</summary>
    public IReadOnlyList<SubscriptionInfo> Subscriptions => subscriptions?.Infos ?? declared;

    /// <param name="resources">The resources that the app may see; those of kind Subscription are interpreted.</param>
    /// <exception cref="ResourceException">A declared routing rule is not understood; the message names file and rule.</exception>
    public static PubSubApi Create(
        SidecarOptions options, SidecarComponents components, IEnumerable<ResourceDocument> resources, SidecarServices services)
    {
        var declared = TopicSubscription.Merge(DeclarativeSubscriptions.From(resources), []);
        var scoped = new PubSubComponents(components.PubSub.Values.Select(loaded => Scoped(loaded, options)));
        OutboxNotice.Tell(components.State.Values, services.Loggers);
        var publisher = new Publisher(options.AppId, scoped, services.Faults, services.Time);
        return new PubSubApi(
            new PublishApi(publisher, services.Loggers.CreateLogger<PublishApi>()),
            options.AppPort is { } port ? Subscribe(options, port, declared, scoped, publisher, services) : null,
            [.. declared.Select(subscription => subscription.Info())],
            options.GracefulShutdown,
            services.Time);
    }

    public void MapHttp(IHttpRoutes routes) => publishing.MapHttp(routes);

    public void MapGrpc(IGrpcMethods methods) => publishing.MapGrpc(methods);

    public Task OnAppListeningAsync(CancellationToken cancellationToken) => subscriptions?.StartAsync(cancellationToken) ?? Task.CompletedTask;

    public Task OnAppHealthChangedAsync(bool isHealthy, CancellationToken cancellationToken)
    {
        if (subscriptions is null)
            return Task.CompletedTask;
        return isHealthy ? subscriptions.ResumeAsync(cancellationToken) : PauseAsync(subscriptions, cancellationToken);
    }

    public Task DrainAsync(CancellationToken cancellationToken) => subscriptions?.DrainAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>An app that is not well may never finish what it has in hand.</summary>
    private async Task PauseAsync(AppSubscriptions running, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(longestPause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        await running.PauseAsync(either.Token);
    }

    private static ScopedPubSub Scoped(Loaded<IPubSubComponent> loaded, SidecarOptions options) => new(
        loaded.Resource.Name,
        loaded.Instance,
        TopicScopes.Of(loaded.Resource.Metadata, options.AppId),
        options.Resiliency.ForComponent(loaded.Resource.Name, ComponentKind.Pubsub, CallDirection.Inbound),
        options.Resiliency.ForComponent(loaded.Resource.Name, ComponentKind.Pubsub, CallDirection.Outbound));

    private static AppSubscriptions Subscribe(
        SidecarOptions options,
        int appPort,
        IReadOnlyList<TopicSubscription> declared,
        PubSubComponents components,
        Publisher publisher,
        SidecarServices services)
    {
        var app = new AppChannel(appPort, options.AppApiToken, options.Configuration.Tracing, options.AppGate);
        return new AppSubscriptions(
            app,
            new AppHandshake(app, options.AppId, options.DisabledInitEndpoints, services.Time, services.Loggers.CreateLogger<AppHandshake>()),
            declared,
            components,
            new DeadLetters(publisher, services.Time),
            services.Faults,
            services.Time,
            services.Loggers.CreateLogger<AppSubscriptions>());
    }
}
