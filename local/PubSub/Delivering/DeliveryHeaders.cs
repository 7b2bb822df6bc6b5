using System.Buffers;
using System.Collections.Frozen;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>Names and values of request headers as Go's client puts them on the wire.</summary>
internal static class DeliveryHeaders
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Not taken from metadata: the client's own framing, and what every delivery sets itself.</summary>
    private static readonly FrozenSet<string> Own = new[]
    {
        "content-length", "content-type", "host", "transfer-encoding", "trailer", "connection", "user-agent", "accept-encoding",
        "pubsubname", "dapr-api-token",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the event stream puts on every delivery, so that the name is not made again each time.</summary>
    private static readonly FrozenDictionary<string, string> Usual = new[]
    {
        "__shardId", "__sequenceNumber", "__partitionKey", "__approximateArrivalTimestamp", "__attempt",
    }.ToFrozenDictionary(name => name, Spell, StringComparer.Ordinal);

    public static bool IsOwn(string name) => Own.Contains(name);

    /// <summary>Lower case, then a capital at the start and after each hyphen.</summary>
    public static string Canonical(string name) => Usual.TryGetValue(name, out var spelt) ? spelt : Spell(name);

    /// <summary>False: Go refuses to send such a header, and the request with it.</summary>
    public static bool IsSendable(string name, string value) =>
        name.Length > 0 && !name.AsSpan().ContainsAnyExcept(TokenCharacters) && !value.AsSpan().ContainsAny('\r', '\n', '\0');

    private static string Spell(string name) => string.Create(name.Length, name, static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = i == 0 || from[i - 1] == '-' ? char.ToUpperInvariant(from[i]) : char.ToLowerInvariant(from[i]);
    });
}
