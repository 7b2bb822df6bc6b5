using System.Text.Json;

namespace CloudNative.Local.PubSub.CloudEvents;

/// <summary>
/// What the runtime itself reads of an event on its way to the app; null where the member is absent or no string.
/// <paramref name="TraceParent"/> is <c>traceparent</c>, else <c>traceid</c>.
/// </summary>
internal readonly record struct DeliveredEvent(string? TraceParent, string? Expiration)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 10_000 };

    /// <summary>Null: the bytes are no JSON object, so no ordinary subscription can take them.</summary>
    public static DeliveredEvent? TryRead(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Read(utf8);
        }
        catch (JsonException)
        {
            // Any producer may write any bytes to a topic; the caller treats this as a failed delivery.
            return null;
        }
    }

    /// <summary>The trace that its delivery goes on with: empty where its attributes name none, null for an event without such attributes.</summary>
    public string? Trace(IReadOnlyDictionary<string, string> metadata)
    {
        // A raw publish over gRPC has no envelope; its trace travels as metadata.
        var trace = metadata.TryGetValue("traceid", out var carried) ? carried : TraceParent;
        return trace is null || TraceContext.IsParent(trace) ? trace : "";
    }

    private static DeliveredEvent? Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;

        string? traceParent = null, traceId = null, expiration = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("traceparent"u8))
            {
                traceParent = Text(ref reader);
            }
            else if (reader.ValueTextEquals("traceid"u8))
            {
                traceId = Text(ref reader);
            }
            else if (reader.ValueTextEquals("expiration"u8))
            {
                expiration = Text(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        // What follows the object, white space aside, spoils it.
        return reader.Read() ? null : new DeliveredEvent(traceParent ?? traceId, expiration);
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // A string that is no Unicode text names no trace and no time.
            return "";
        }
    }
}
