namespace CloudNative.Local.PubSub.CloudEvents;

/// <summary>
/// What an app asks to publish. <paramref name="ContentType"/> as sent, empty for none; <paramref name="Metadata"/> is publish metadata in the caller's spelling.
/// </summary>
internal sealed record PublishedEvent(
    string PubSubName,
    string Topic,
    ReadOnlyMemory<byte> Data,
    string ContentType,
    IReadOnlyDictionary<string, string> Metadata,
    TraceContext Trace);

/// <summary>What of an envelope does not come from the caller: who publishes, a fresh id, and the local time.</summary>
internal readonly record struct EnvelopeStamp(string AppId, Guid Id, DateTimeOffset Now);
