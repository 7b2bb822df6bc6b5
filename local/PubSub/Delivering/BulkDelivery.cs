using System.Collections.Frozen;
using CloudNative.Local.PubSub.Publishing;
using CloudNative.Local.PubSub.Subscribing;
using CloudNative.Local.Resiliency;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>Brings batches of one bulk subscription to the app: one request for each path that its entries go to.</summary>
internal sealed partial class BulkDelivery(
    TopicSubscription subscription,
    ScopedPubSub pubSub,
    AppChannel app,
    DeadLetters deadLetters,
    DeliveryAdmission admission,
    TimeProvider time,
    ILogger logger)
{
    /// <returns>For each message whether the component may forget it.</returns>
    public async ValueTask<IReadOnlyList<bool>> DeliverAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        await admission.EnterAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            var entries = messages.Select(message => BatchEntry.For(subscription, message, now, Guid.NewGuid())).ToList();
            var outcomes = new Dictionary<string, bool>(StringComparer.Ordinal);
            foreach (var path in entries.Where(entry => entry.Step == DeliveryStep.Post).GroupBy(entry => entry.Path))
                await PostAsync(app.Resolve(path.Key), [.. path], outcomes, cancellationToken);
            foreach (var entry in entries.Where(entry => entry.Step != DeliveryStep.Post))
                outcomes[entry.EntryId] = await WithoutTheAppAsync(entry, isDone: entry.Step == DeliveryStep.Skip);
            return [.. entries.Select(entry => outcomes[entry.EntryId])];
        }
        finally
        {
            admission.Leave();
        }
    }

    /// <summary>Attempts under the inbound policy, each with what the one before failed.</summary>
    private async ValueTask PostAsync(Uri target, List<BatchEntry> entries, Dictionary<string, bool> outcomes, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        var pending = entries;
        await pubSub.Inbound.RunAsync(
            async attempt =>
            {
                pending = await TryPostAsync(target, id, pending, outcomes, attempt);
                return pending.Count == 0 ? CallOutcome.Success(true) : CallOutcome.Failed(false, CallFailure.Uncoded);
            },
            cancellationToken);
        foreach (var failed in pending)
            outcomes[failed.EntryId] = await WithoutTheAppAsync(failed, isDone: false);
    }

    /// <returns>What failed.</returns>
    private async ValueTask<List<BatchEntry>> TryPostAsync(
        Uri target, Guid id, List<BatchEntry> entries, Dictionary<string, bool> outcomes, CancellationToken cancellationToken)
    {
        List<BatchEntry> failed = [];
        foreach (var (entry, verdict) in entries.Zip(await AskAsync(target, id, entries, cancellationToken)))
        {
            if (verdict == AppVerdict.Retry)
                failed.Add(entry);
            else
                outcomes[entry.EntryId] = verdict == AppVerdict.Acknowledge || await WithoutTheAppAsync(entry, isDone: true);
        }

        return failed;
    }

    private async ValueTask<IReadOnlyList<AppVerdict>> AskAsync(Uri target, Guid id, List<BatchEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await app.PostAsync(
                target,
                BulkEnvelope.ContentType,
                subscription.PubSubName,
                BulkEnvelope.Write(id, subscription.PubSubName, subscription.Topic, entries),
                FrozenDictionary<string, string>.Empty,
                BulkEnvelope.Trace(entries),
                cancellationToken);
            return BulkAnswer.Read(answer.HttpStatus, answer.Body, [.. entries.Select(entry => entry.EntryId)]);
        }
        catch (HttpRequestException failure)
        {
            LogUnanswered(entries.Count, subscription.PubSubName, subscription.Topic, failure.HttpRequestError);
            return [.. entries.Select(_ => AppVerdict.Retry)];
        }
    }

    /// <summary>The end of an entry that the app did not handle: the dead letter topic, where there is one.</summary>
    /// <param name="isDone">What holds where there is none.</param>
    private async ValueTask<bool> WithoutTheAppAsync(BatchEntry entry, bool isDone) => subscription.DeadLetterTopic.Length > 0
        ? await deadLetters.TryPublishAsync(pubSub, subscription.DeadLetterTopic, entry.Message)
        : isDone;

    [LoggerMessage(Level = LogLevel.Debug, Message = "The app did not answer to {Count} events of {PubSub}/{Topic}: {Error}")]
    private partial void LogUnanswered(int count, string pubSub, string topic, HttpRequestError error);
}
