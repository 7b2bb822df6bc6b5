using System.Text;
using System.Text.Json;
using CloudNative.Local.Json;

namespace CloudNative.Local.PubSub.CloudEvents;

/// <summary>
/// An event that the app made itself: topic, pubsubname and expiration are the runtime's, a few attributes are filled in where absent
/// (an empty string counts as present), no id is drawn, everything else stays.
/// </summary>
internal static class CloudEventCompletion
{
    public const string DefaultSource = "Dapr";

    /// <exception cref="GoJsonException">The data is no JSON object.</exception>
    public static byte[] Complete(PublishedEvent published, EnvelopeStamp stamp)
    {
        var members = Members(GoJson.Reserialize(published.Data.Span, GoNumbers.Verbatim));
        members["topic"] = Json(published.Topic);
        members["pubsubname"] = Json(published.PubSubName);
        if (EventExpiration.TimeToLive(published.Metadata) is { } timeToLive)
            members["expiration"] = Json(CloudEventEnvelope.Rfc3339(stamp.Now.ToUniversalTime() + timeToLive));

        members.TryAdd("source", Json(DefaultSource));
        members.TryAdd("type", Json(CloudEventEnvelope.DefaultType));
        members.TryAdd("specversion", Json(CloudEventEnvelope.SpecVersion));
        members.TryAdd("time", Json(CloudEventEnvelope.Rfc3339(stamp.Now)));
        members.TryAdd("tracestate", Json(published.Trace.State));
        if (members.TryAdd("traceid", Json(published.Trace.Parent)))
            members["traceparent"] = Json(published.Trace.Parent);

        return Write(members, published.Data.Length + 512);
    }

    /// <summary>JSON null where an event should be: daprd's handler breaks down on it.</summary>
    public static bool IsNull(string contentType, ReadOnlySpan<byte> data)
    {
        var text = data.TrimStart(" \t\r\n"u8);
        return MediaTypes.IsCloudEvent(contentType) && text.StartsWith("null"u8) && (text.Length == 4 || text[4] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n');
    }

    /// <summary>Members of a canonical object by decoded name, in the order of their names' UTF-8 bytes.</summary>
    private static SortedDictionary<string, ReadOnlyMemory<byte>> Members(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = GoJsonDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new GoJsonException($"json: cannot unmarshal {Kind(reader.TokenType)} into Go value of type map[string]interface {{}}");

        var members = new SortedDictionary<string, ReadOnlyMemory<byte>>(Utf8Order.Instance);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            members[name] = json.AsMemory(start, (int)reader.BytesConsumed - start);
        }

        return members;
    }

    private static byte[] Write(SortedDictionary<string, ReadOnlyMemory<byte>> members, int capacity)
    {
        var buffer = new ByteBuffer(capacity);
        try
        {
            foreach (var (name, value) in members)
            {
                buffer.Append(buffer.Length == 0 ? (byte)'{' : (byte)',');
                GoJsonText.Encode(Encoding.UTF8.GetBytes(name), ref buffer);
                buffer.Append((byte)':');
                buffer.Append(value.Span);
            }

            buffer.Append((byte)'}');
            return buffer.Written.ToArray();
        }
        finally
        {
            buffer.Dispose();
        }
    }

    // As deep as Go's decoder goes.
    private const int GoJsonDepth = 10_000;

    private static ReadOnlyMemory<byte> Json(string text) => GoJson.Quote(Encoding.UTF8.GetBytes(text));

    private static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.Null => "null",
        _ => "bool",
    };
}
