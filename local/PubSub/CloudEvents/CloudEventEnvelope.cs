using System.Globalization;
using CloudNative.Local.Json;

namespace CloudNative.Local.PubSub.CloudEvents;

/// <summary>
/// The structured CloudEvent that travels for a publish, byte for byte as daprd makes it: members sorted, Go's escapes, numbers as sent.
/// </summary>
internal static class CloudEventEnvelope
{
    public const string SpecVersion = "1.0";
    public const string DefaultType = "com.dapr.event.sent";

    /// <summary>Wraps the data, or completes the CloudEvent that the content type says it is.</summary>
    /// <exception cref="GoJsonException">The content type is a CloudEvent's, the data no JSON object; the text is Go's.</exception>
    public static byte[] Create(PublishedEvent published, EnvelopeStamp stamp) =>
        MediaTypes.IsCloudEvent(published.ContentType)
            ? CloudEventCompletion.Complete(published, stamp)
            : Wrap(published, stamp);

    /// <summary>The event a rawPayload subscription gets: the broker's bytes in base64, and no time.</summary>
    public static byte[] FromRaw(string pubSubName, PubSubMessage message, Guid id)
    {
        var envelope = new EnvelopeWriter(message.Data.Length * 2 + 512);
        try
        {
            envelope.Base64(message.Data.Span);
            envelope.Member("datacontenttype"u8, MediaTypes.OctetStream);
            envelope.Member("id"u8, id);
            envelope.Member("pubsubname"u8, pubSubName);
            envelope.Member("source"u8, CloudEventCompletion.DefaultSource);
            envelope.Member("specversion"u8, SpecVersion);
            envelope.Member("topic"u8, message.Topic);
            if (message.Metadata.TryGetValue("traceid", out var trace))
            {
                envelope.Member("traceid"u8, trace);
                envelope.Member("traceparent"u8, trace);
            }

            if (message.Metadata.TryGetValue("tracestate", out var state))
                envelope.Member("tracestate"u8, state);

            envelope.Member("type"u8, DefaultType);
            return envelope.Close();
        }
        finally
        {
            envelope.Dispose();
        }
    }

    /// <summary>RFC 3339 to the second, as Go prints it.</summary>
    public static string Rfc3339(DateTimeOffset time) => time.Offset == TimeSpan.Zero
        ? time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private static byte[] Wrap(PublishedEvent published, EnvelopeStamp stamp)
    {
        var overrides = CloudEventOverrides.From(published.Metadata);
        var trace = overrides.TraceParent ?? published.Trace.Parent;
        var envelope = new EnvelopeWriter(published.Data.Length + (published.Data.Length >> 1) + 640);
        try
        {
            WriteData(ref envelope, published);
            envelope.Member("datacontenttype"u8, published.ContentType.Length == 0 ? MediaTypes.Default : published.ContentType);
            if (EventExpiration.TimeToLive(published.Metadata) is { } timeToLive)
                envelope.Member("expiration"u8, Rfc3339(stamp.Now.ToUniversalTime() + timeToLive));

            WriteId(ref envelope, overrides.Id, stamp.Id);
            envelope.Member("pubsubname"u8, published.PubSubName);
            envelope.Member("source"u8, overrides.Source ?? stamp.AppId);
            envelope.Member("specversion"u8, SpecVersion);
            if (overrides.Subject is not null)
                envelope.Member("subject"u8, overrides.Subject);

            envelope.Member("time"u8, Rfc3339(stamp.Now));
            envelope.Member("topic"u8, published.Topic);
            envelope.Member("traceid"u8, trace);
            envelope.Member("traceparent"u8, trace);
            envelope.Member("tracestate"u8, overrides.TraceState ?? published.Trace.State);
            envelope.Member("type"u8, overrides.Type ?? DefaultType);
            return envelope.Close();
        }
        finally
        {
            envelope.Dispose();
        }
    }

    private static void WriteId(ref EnvelopeWriter envelope, string? id, Guid drawn)
    {
        if (id is null)
        {
            envelope.Member("id"u8, drawn);
        }
        else
        {
            envelope.Member("id"u8, id);
        }
    }

    private static void WriteData(ref EnvelopeWriter envelope, PublishedEvent published)
    {
        var data = published.Data.Span;
        if (MediaTypes.IsBinary(published.ContentType))
        {
            envelope.Base64(data);
        }
        else if (MediaTypes.IsJson(published.ContentType) && Json(data) is { } json)
        {
            envelope.Raw("data"u8, json);
        }
        else
        {
            envelope.Text("data"u8, data);
        }
    }

    private static byte[]? Json(ReadOnlySpan<byte> data)
    {
        try
        {
            return data.IsEmpty ? null : GoJson.Reserialize(data, GoNumbers.Verbatim);
        }
        catch (GoJsonException)
        {
            // What is no JSON travels as a string, as daprd does it.
            return null;
        }
    }
}
