using System.Globalization;

namespace CloudNative.Local.PubSub.CloudEvents;

/// <summary>Time to live of events on a broker that knows none: an <c>expiration</c> in the envelope, looked at before delivery.</summary>
internal static class EventExpiration
{
    /// <summary>
    /// Publish metadata <c>ttlInSeconds</c>, else <c>ttl</c>, in any case: a Go duration or whole seconds above 0; <c>0</c> expires at once.
    /// Anything else means no time to live, as in daprd.
    /// </summary>
    public static TimeSpan? TimeToLive(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
            return null;

        var text = Find(metadata, "ttlInSeconds") ?? Find(metadata, "ttl");
        if (string.IsNullOrEmpty(text))
            return null;

        if (GoDuration.TryParse(text, out var duration))
            return duration;

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }

    /// <summary>An expiration that is no RFC 3339 time never expires.</summary>
    public static bool HasExpired(string? expiration, DateTimeOffset now) =>
        expiration is { Length: >= 20 }
        && expiration[10] is 'T' or 't'
        && DateTimeOffset.TryParse(expiration, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        && at <= now;

    private static string? Find(IReadOnlyDictionary<string, string> metadata, string name)
    {
        foreach (var (key, value) in metadata)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        return null;
    }
}
