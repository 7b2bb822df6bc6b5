using CloudNative.Local.PubSub.Delivering;

namespace CloudNative.Local.PubSub.Subscribing;

/// <summary>
/// The questions a runtime asks its app once, in this order: GET /dapr/config, and where there is pub/sub, GET /dapr/subscribe.
/// </summary>
/// <param name="disabled">Which of the two are not asked: <c>config</c>, <c>subscribe</c>.</param>
internal sealed partial class AppHandshake(AppChannel app, string appId, IReadOnlyList<string> disabled, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>What the app subscribes to. Anything but 200 and a readable list is no subscription, and is not asked again.</summary>
    public async Task<IReadOnlyList<TopicSubscription>> RunAsync(bool hasPubSub, CancellationToken cancellationToken)
    {
        if (!disabled.Contains("config"))
            await AskAsync("/dapr/config", cancellationToken);
        return hasPubSub && !disabled.Contains("subscribe") ? Read(await AskAsync("/dapr/subscribe", cancellationToken)) : [];
    }

    private IReadOnlyList<TopicSubscription> Read(AppAnswer answer)
    {
        if (answer.HttpStatus != StatusCodes.Status200OK)
        {
            if (answer.HttpStatus != StatusCodes.Status404NotFound)
                LogRefused(appId, answer.HttpStatus);
            return [];
        }

        try
        {
            return ProgrammaticSubscriptions.Read(answer.Body);
        }
        catch (Exception unusable) when (unusable is SubscriptionListException or RoutingRuleException)
        {
            LogUnusable(appId, unusable.Message);
            return [];
        }
    }

    /// <summary>
    /// An app that accepts connections but does not answer is asked until it does. daprd gives up after three more tries; here the app may
    /// be starting again at this moment, and would then never get an event.
    /// </summary>
    private async Task<AppAnswer> AskAsync(string path, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                return await app.AskAsync(path, appId, cancellationToken);
            }
            catch (HttpRequestException failure)
            {
                LogUnanswered(appId, path, failure.HttpRequestError);
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = LongestPause;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "App {AppId} answered GET /dapr/subscribe with status {HttpStatus}: it gets no events by subscriptions of its own")]
    private partial void LogRefused(string appId, int httpStatus);

    [LoggerMessage(Level = LogLevel.Error, Message = "App {AppId} gets no events by subscriptions of its own: its answer to GET /dapr/subscribe is unusable: {Reason}")]
    private partial void LogUnusable(string appId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "App {AppId} did not answer GET {Path}: {Error}; asking again")]
    private partial void LogUnanswered(string appId, string path, HttpRequestError error);
}
