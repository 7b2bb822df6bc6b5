using CloudNative.Local.Faults;
using CloudNative.Local.PubSub.Delivering;
using CloudNative.Local.PubSub.Publishing;
using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars;

namespace CloudNative.Local.PubSub.Subscribing;

/// <summary>An app's subscriptions: started once it listens, ended in order when its sidecar stops.</summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing that would have to be let go.
internal sealed partial class AppSubscriptions(
#pragma warning restore CA1001
    AppChannel app,
    AppHandshake handshake,
    IReadOnlyList<TopicSubscription> declared,
    PubSubComponents components,
    DeadLetters deadLetters,
    IFaultSwitches faults,
    TimeProvider time,
    ILogger logger)
{
    private readonly List<IAsyncDisposable> started = [];
    private readonly SemaphoreSlim changing = new(1);
    private DeliveryGate gate = new();
    private volatile bool hasEnded;

    // Until the app is asked, what is declared is known.
    private volatile IReadOnlyList<TopicSubscription> known = TopicSubscription.Merge(declared, []);

    public IReadOnlyList<SubscriptionInfo> Infos => [.. known.Select(subscription => subscription.Info())];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var own = await handshake.RunAsync(components.Any, cancellationToken);
        known = TopicSubscription.Merge(declared, own);
        await ResumeAsync(cancellationToken);
    }

    /// <summary>Begins deliveries, after a pause too; the app is not asked again.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        await changing.WaitAsync(cancellationToken);
        try
        {
            if (hasEnded)
                return;
            gate = new DeliveryGate();
            foreach (var subscription in known)
                await StartAsync(subscription, cancellationToken);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Starts no new delivery, waits for those in hand, then lets go of the components.</summary>
    /// <param name="cancellationToken">Ends the wait; what is still in hand then is not acknowledged.</param>
    public async Task PauseAsync(CancellationToken cancellationToken)
    {
        await changing.WaitAsync(CancellationToken.None);
        try
        {
            await LetGoAsync(cancellationToken);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Pauses for good.</summary>
    /// <param name="cancellationToken">As of <see cref="PauseAsync"/>.</param>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        hasEnded = true;
        await PauseAsync(cancellationToken);
        app.Dispose();
    }

    private async Task LetGoAsync(CancellationToken cancellationToken)
    {
        try
        {
            await gate.CloseAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogInterrupted();
        }

        await Task.WhenAll(started.Select(one => one.DisposeAsync().AsTask()));
        started.Clear();
    }

    /// <summary>One that cannot start leaves the others alone, as in daprd.</summary>
    private async Task StartAsync(TopicSubscription subscription, CancellationToken cancellationToken)
    {
        if (components.Find(subscription.PubSubName) is not { } pubSub)
        {
            LogUnknown(subscription.PubSubName, subscription.Topic);
            return;
        }

        if (!pubSub.Scopes.MaySubscribe(subscription.Topic))
        {
            LogForbidden(subscription.PubSubName, subscription.Topic);
            return;
        }

        try
        {
            started.Add(await pubSub.Broker.SubscribeAsync(subscription.Topic, subscription.Metadata, Handler(subscription, pubSub), cancellationToken));
        }
        catch (ComponentException refused)
        {
            LogRefused(subscription.PubSubName, subscription.Topic, refused.Message);
        }
    }

    private Func<PubSubMessage, CancellationToken, ValueTask<bool>> Handler(TopicSubscription subscription, ScopedPubSub pubSub)
    {
        var admission = new DeliveryAdmission(gate, faults, pubSub.Name, time);
        if (subscription.Bulk is not { } window)
            return new EventDelivery(subscription, pubSub, app, deadLetters, admission, time, logger).HandleAsync;
        var buffer = new BulkBuffer(window, new BulkDelivery(subscription, pubSub, app, deadLetters, admission, time, logger).DeliverAsync, time);
        started.Add(buffer);
        return buffer.HandleAsync;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Subscription to {PubSub}/{Topic} is not started: there is no pub/sub component of that name")]
    private partial void LogUnknown(string pubSub, string topic);

    [LoggerMessage(Level = LogLevel.Error, Message = "Subscription to {PubSub}/{Topic} is not started: the scopes of the component do not allow it")]
    private partial void LogForbidden(string pubSub, string topic);

    [LoggerMessage(Level = LogLevel.Error, Message = "Subscription to {PubSub}/{Topic} is not started: {Reason}")]
    private partial void LogRefused(string pubSub, string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The time to finish deliveries is over; those in hand are not acknowledged")]
    private partial void LogInterrupted();
}
