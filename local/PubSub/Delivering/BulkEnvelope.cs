using System.Text;
using CloudNative.Local.Json;
using CloudNative.Local.PubSub.CloudEvents;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>The request that brings a batch to the app, byte for byte as daprd writes it.</summary>
internal static class BulkEnvelope
{
    public const string ContentType = "application/json";
    private const string Type = "com.dapr.event.sent.bulk";

    /// <param name="id">The same for every attempt of a batch.</param>
    /// <param name="topic">As subscribed to.</param>
    public static byte[] Write(Guid id, string pubSubName, string topic, IReadOnlyCollection<BatchEntry> entries)
    {
        var envelope = new EnvelopeWriter(entries.Sum(entry => entry.Event.Length + 256));
        try
        {
            envelope.Raw("entries"u8, Joined('[', entries.Select(Entry), ']'));
            envelope.Member("id"u8, id);
            envelope.Raw("metadata"u8, Map([KeyValuePair.Create("pubsubName", pubSubName)]));
            envelope.Member("pubsubname"u8, pubSubName);
            envelope.Member("topic"u8, topic);
            envelope.Member("type"u8, Type);
            return envelope.Close();
        }
        finally
        {
            envelope.Dispose();
        }
    }

    /// <summary>The trace of the last entry that has one.</summary>
    public static string? Trace(IEnumerable<BatchEntry> entries) => entries.LastOrDefault(entry => entry.Trace is not null)?.Trace;

    private static byte[] Entry(BatchEntry entry)
    {
        var writer = new EnvelopeWriter(entry.Event.Length + 256);
        try
        {
            writer.Member("entryId"u8, entry.EntryId);
            writer.Raw("event"u8, entry.Event.Span);
            writer.Raw("metadata"u8, Map(entry.Message.Metadata));
            writer.Member("contentType"u8, entry.ContentType);
            return writer.Close();
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static byte[] Map(IEnumerable<KeyValuePair<string, string>> pairs) =>
        Joined('{', pairs.OrderBy(pair => pair.Key, Utf8Order.Instance).Select(pair => (byte[])[.. Quote(pair.Key), (byte)':', .. Quote(pair.Value)]), '}');

    private static byte[] Joined(char open, IEnumerable<byte[]> parts, char close)
    {
        using var joined = new MemoryStream();
        joined.WriteByte((byte)open);
        foreach (var (index, part) in parts.Index())
        {
            if (index > 0)
                joined.WriteByte((byte)',');
            joined.Write(part);
        }

        joined.WriteByte((byte)close);
        return joined.ToArray();
    }

    private static byte[] Quote(string text) => GoJson.Quote(Encoding.UTF8.GetBytes(text));
}
