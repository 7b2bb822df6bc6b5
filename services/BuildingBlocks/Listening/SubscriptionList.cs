using System.Text.Json;
using CloudNative.BuildingBlocks.Publishing;
using Microsoft.Extensions.Options;

namespace CloudNative.BuildingBlocks.Listening;

/// <summary>What the sidecar is told to subscribe to: one subscription per topic and lane, all on one route.</summary>
internal sealed class SubscriptionList
{
    public const string Route = "/events";

    public SubscriptionList(IOptions<ListenerOptions> listener, IOptions<PublishingOptions> publishing) =>
        Json = Write(listener.Value, publishing.Value);

    public byte[] Json { get; }

    internal static byte[] Write(ListenerOptions listener, PublishingOptions publishing)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var topic in (IEnumerable<string>)[publishing.Topic, .. listener.FurtherTopics])
            {
                for (var lane = 1; lane <= listener.Lanes; lane++)
                    WriteSubscription(json, publishing.PubSub, listener.Lanes == 1 ? topic : $"{topic}/lane-{lane}", listener.InitialPosition);
            }

            json.WriteEndArray();
        }

        return buffer.ToArray();
    }

    private static void WriteSubscription(Utf8JsonWriter json, string pubSub, string topic, StartPosition start)
    {
        json.WriteStartObject();
        json.WriteString("pubsubname", pubSub);
        json.WriteString("topic", topic);
        json.WriteString("route", Route);
        json.WriteStartObject("metadata");
        json.WriteString("initialPosition", start == StartPosition.TrimHorizon ? "trim_horizon" : "latest");
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
