using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.Collections;

namespace CloudNative.Local.Sidecars;

/// <summary>The HTTP form of the metadata, whose member names are not the message's.</summary>
internal static class MetadataJson
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Bytes(GetMetadataResponse metadata)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
            Write(writer, metadata);
        return Http.JsonAnswer.EscapeForHtml(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, GetMetadataResponse metadata)
    {
        writer.WriteStartObject();
        writer.WriteString("id", metadata.Id);
        writer.WriteString("runtimeVersion", metadata.RuntimeVersion);
        WriteTexts(writer, "enabledFeatures", metadata.EnabledFeatures);
        WriteItems(writer, "components", metadata.RegisteredComponents, WriteComponent);
        WriteMap(writer, "extended", metadata.ExtendedMetadata);
        WriteItems(writer, "subscriptions", metadata.Subscriptions, WriteSubscription);
        WriteItems(writer, "httpEndpoints", metadata.HttpEndpoints, (json, endpoint) => json.WriteString("name", endpoint.Name));
        WriteApp(writer, metadata.AppConnectionProperties);
        WriteActors(writer, metadata.ActorRuntime);
        WriteItems(writer, "resiliencies", metadata.Resiliencies, (json, resiliency) => json.WriteString("name", resiliency.Name));
        writer.WriteEndObject();
    }

    private static void WriteComponent(Utf8JsonWriter writer, RegisteredComponents component)
    {
        writer.WriteString("name", component.Name);
        writer.WriteString("type", component.Type);
        if (component.Version.Length > 0)
            writer.WriteString("version", component.Version);
        WriteTexts(writer, "capabilities", component.Capabilities);
    }

    private static void WriteSubscription(Utf8JsonWriter writer, PubsubSubscription subscription)
    {
        writer.WriteString("pubsubname", subscription.PubsubName);
        writer.WriteString("topic", subscription.Topic);
        WriteMap(writer, "metadata", subscription.Metadata);
        WriteItems(writer, "rules", subscription.Rules.Rules, WriteRule);
        writer.WriteString("deadLetterTopic", subscription.DeadLetterTopic);
        writer.WriteString("type", subscription.Type.ToString().ToUpperInvariant());
    }

    private static void WriteRule(Utf8JsonWriter writer, PubsubSubscriptionRule rule)
    {
        if (rule.Match.Length > 0)
            writer.WriteString("match", rule.Match);
        writer.WriteString("path", rule.Path);
    }

    private static void WriteApp(Utf8JsonWriter writer, AppConnectionProperties app)
    {
        writer.WriteStartObject("appConnectionProperties");
        if (app.Port > 0)
            writer.WriteNumber("port", app.Port);
        writer.WriteString("protocol", app.Protocol);
        writer.WriteString("channelAddress", app.ChannelAddress);
        if (app.MaxConcurrency > 0)
            writer.WriteNumber("maxConcurrency", app.MaxConcurrency);
        if (app.Health is { } health)
            WriteHealth(writer, health);
        writer.WriteEndObject();
    }

    private static void WriteHealth(Utf8JsonWriter writer, AppConnectionHealthProperties health)
    {
        writer.WriteStartObject("health");
        writer.WriteString("healthCheckPath", health.HealthCheckPath);
        writer.WriteString("healthProbeInterval", health.HealthProbeInterval);
        writer.WriteString("healthProbeTimeout", health.HealthProbeTimeout);
        writer.WriteNumber("healthThreshold", health.HealthThreshold);
        writer.WriteEndObject();
    }

    private static void WriteActors(Utf8JsonWriter writer, ActorRuntime actors)
    {
        writer.WriteStartObject("actorRuntime");
        writer.WriteString("runtimeStatus", actors.RuntimeStatus.ToString().ToUpperInvariant());
        writer.WriteBoolean("hostReady", actors.HostReady);
        writer.WriteString("placement", actors.Placement);
        writer.WriteEndObject();
    }

    private static void WriteItems<T>(Utf8JsonWriter writer, string name, RepeatedField<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
            return;
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            write(writer, item);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, RepeatedField<string> texts)
    {
        if (texts.Count == 0)
            return;
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter writer, string name, MapField<string, string> map)
    {
        if (map.Count == 0)
            return;
        writer.WriteStartObject(name);
        foreach (var (key, value) in map)
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }
}
