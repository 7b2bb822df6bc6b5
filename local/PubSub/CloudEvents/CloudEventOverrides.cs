namespace CloudNative.Local.PubSub.CloudEvents;

/// <summary>Envelope attributes that publish metadata <c>cloudevent.*</c> (any case) sets; null where it does not, an empty value counts as none.</summary>
internal readonly record struct CloudEventOverrides(string? Id, string? Source, string? Type, string? Subject, string? TraceParent, string? TraceState)
{
    private const string Prefix = "cloudevent.";

    public static CloudEventOverrides From(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
            return default;

        string? id = null, source = null, type = null, subject = null, traceId = null, traceParent = null, traceState = null;
        foreach (var (key, value) in metadata)
        {
            if (value.Length == 0 || !key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                continue;

            var name = key.AsSpan(Prefix.Length);
            id = Is(name, "id") ? value : id;
            source = Is(name, "source") ? value : source;
            type = Is(name, "type") ? value : type;
            subject = Is(name, "subject") ? value : subject;
            traceId = Is(name, "traceid") ? value : traceId;
            traceParent = Is(name, "traceparent") ? value : traceParent;
            traceState = Is(name, "tracestate") ? value : traceState;
        }

        return new CloudEventOverrides(id, source, type, subject, traceParent ?? traceId, traceState);
    }

    private static bool Is(ReadOnlySpan<char> name, string attribute) => name.Equals(attribute, StringComparison.OrdinalIgnoreCase);
}
