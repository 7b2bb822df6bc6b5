using System.Collections.Frozen;
using CloudNative.Local.PubSub.CloudEvents;
using CloudNative.Local.Resiliency;
using CloudNative.Local.Resources;

namespace CloudNative.Local.PubSub.Publishing;

/// <summary>Publishes several events; all are made before the first is sent, so one that cannot be made leaves none published.</summary>
internal sealed class BulkPublisher(Publisher publisher)
{
    /// <summary>Entries go to the broker one by one, in their order.</summary>
    /// <returns>What the broker refused.</returns>
    /// <exception cref="Sidecars.ApiException">The request as a whole is refused.</exception>
    public async ValueTask<IReadOnlyList<FailedEntry>> PublishAsync(
        ScopedPubSub pubSub,
        string topic,
        IReadOnlyList<BulkEntry> entries,
        IReadOnlyDictionary<string, string> metadata,
        TraceContext trace,
        CancellationToken cancellationToken)
    {
        var isRaw = Publisher.IsRaw(pubSub.Name, metadata);
        List<Outgoing> pending = [.. entries.Select(entry => new Outgoing(entry.EntryId, Message(pubSub.Name, topic, entry, metadata, trace, isRaw)))];
        publisher.Allow(pubSub, topic);
        var (_, failure) = await pubSub.Outbound.RunAsync(
            async attempt =>
            {
                pending = await SendAllAsync(pubSub, pending, attempt);
                return pending.Count == 0 ? CallOutcome.Success(true) : CallOutcome.Failed(false, CallFailure.Uncoded);
            },
            cancellationToken);
        if (failure is null)
            return [];
        return [.. pending.Select(left => new FailedEntry(left.EntryId, failure.IsByPolicy ? failure.Text : left.Refusal))];
    }

    /// <returns>What the broker refused, to be tried again where a policy says so.</returns>
    private async ValueTask<List<Outgoing>> SendAllAsync(ScopedPubSub pubSub, List<Outgoing> outgoing, CancellationToken cancellationToken)
    {
        List<Outgoing> refused = [];
        foreach (var one in outgoing)
        {
            try
            {
                await publisher.SendOnceAsync(pubSub, one.Message, cancellationToken);
            }
            catch (ComponentException refusal)
            {
                refused.Add(one with { Refusal = refusal.Message });
            }
        }

        return refused;
    }

    /// <exception cref="Sidecars.ApiException">An entry id is empty or repeated.</exception>
    public void CheckIds(string pubSub, string topic, IEnumerable<string> entryIds)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { "" };
        if (!entryIds.All(seen.Add))
            throw PubSubErrors.EntryId(pubSub, topic, publisher.AppId);
    }

    /// <summary>The request's metadata reaches only an entry that has metadata of its own, which wins.</summary>
    private PubSubMessage Message(
        string pubSub, string topic, BulkEntry entry, IReadOnlyDictionary<string, string> request, TraceContext trace, bool isRaw)
    {
        IReadOnlyDictionary<string, string> metadata = entry.Metadata is null ? FrozenDictionary<string, string>.Empty : Merge(request, entry.Metadata);
        return new PubSubMessage(
            topic,
            isRaw ? entry.Event : publisher.Envelope(new PublishedEvent(pubSub, topic, entry.Event, entry.ContentType, metadata, trace)),
            metadata);
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> request, IReadOnlyDictionary<string, string> entry)
    {
        var merged = new Dictionary<string, string>(request, StringComparer.Ordinal);
        foreach (var (key, value) in entry)
            merged[key] = value;
        return merged;
    }

    private sealed record Outgoing(string EntryId, PubSubMessage Message, string Refusal = "");
}
