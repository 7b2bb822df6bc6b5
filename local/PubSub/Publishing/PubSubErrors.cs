using CloudNative.Local.Sidecars;
using Google.Rpc;
using Grpc.Core;

namespace CloudNative.Local.PubSub.Publishing;

/// <summary>Refusals of the publish API with the codes, texts and details that daprd gives.</summary>
internal static class PubSubErrors
{
    public static ApiException NameEmpty() =>
        Rich(404, StatusCode.InvalidArgument, "ERR_PUBSUB_EMPTY", "pubsub name is empty", "", "NAME_EMPTY");

    public static ApiException NotFound(string pubSub) =>
        new(404, StatusCode.InvalidArgument, "ERR_PUBSUB_NOT_FOUND", $"pubsub {pubSub} is not found") { Details = [Info("NOT_FOUND")] };

    public static ApiException TopicEmpty(string pubSub) =>
        Rich(404, StatusCode.InvalidArgument, "ERR_TOPIC_NAME_EMPTY", $"topic is empty in pubsub {pubSub}", pubSub, "TOPIC_NAME_EMPTY");

    public static ApiException RawPayload(string pubSub, string value) => Rich(
        400, StatusCode.InvalidArgument, "ERR_PUBSUB_REQUEST_METADATA",
        $"failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is '{value}'",
        pubSub, "METADATA_DESERIALIZATION", ("rawPayload", value));

    public static ApiException CloudEvent(string pubSub, string appId, string error) => Rich(
        500, StatusCode.InvalidArgument, "ERR_PUBSUB_CLOUD_EVENTS_SER", "cannot create cloudevent",
        pubSub, "CLOUD_EVENT_CREATION", ("appID", appId), ("error", error));

    public static ApiException Forbidden(string pubSub, string topic, string appId)
    {
        var text = $"topic {topic} is not allowed for app id {appId}";
        return Rich(403, StatusCode.PermissionDenied, "ERR_PUBSUB_FORBIDDEN", text, pubSub, "FORBIDDEN", ("error", text), ("topic", topic));
    }

    public static ApiException Publish(string pubSub, string topic, string error) => Rich(
        500, StatusCode.Internal, PublishCode, PublishText(pubSub, topic, error), pubSub, "PUBLISH_MESSAGE", ("error", error), ("topic", topic));

    public static ApiException Unreadable(string pubSub, string topic, string appId, string error) => Rich(
        400, StatusCode.InvalidArgument, "ERR_PUBSUB_EVENTS_SER",
        $"error when unmarshaling the request for topic {topic} pubsub {pubSub}: {error}",
        pubSub, "UNMARSHAL_EVENTS", ("appID", appId));

    public static ApiException EntryId(string pubSub, string topic, string appId)
    {
        const string Error = "entryId is duplicated or not present for entry";
        return Rich(
            400, StatusCode.InvalidArgument, "ERR_PUBSUB_EVENTS_SER",
            $"error marshaling events to bytes for topic {topic} pubsub {pubSub}. error: {Error}",
            pubSub, "MARSHAL_EVENTS", ("appID", appId), ("error", Error));
    }

    public static ApiException EntryEvent(string pubSub, string topic, string appId, string error) => Rich(
        400, StatusCode.InvalidArgument, "ERR_PUBSUB_EVENTS_SER",
        $"error when marshalling cloud event envelope for topic {topic} pubsub {pubSub}: {error}",
        pubSub, "MARSHAL_ENVELOPE", ("appID", appId), ("error", error));

    public const string PublishCode = "ERR_PUBSUB_PUBLISH_MESSAGE";

    public static string PublishText(string pubSub, string topic, string error) =>
        $"error when publishing to topic {topic} in pubsub {pubSub}: {error}";

    private static ApiException Rich(
        int status, StatusCode grpc, string code, string text, string pubSub, string reason, params (string Key, string Value)[] metadata) =>
        new(status, grpc, code, text)
        {
            Details = [new ResourceInfo { ResourceType = "pubsub", ResourceName = pubSub, Description = text }, Info(reason, metadata)],
        };

    private static ErrorInfo Info(string reason, params (string Key, string Value)[] metadata)
    {
        var info = new ErrorInfo { Domain = "dapr.io", Reason = $"DAPR_PUBSUB_{reason}" };
        foreach (var (key, value) in metadata)
            info.Metadata.Add(key, value);
        return info;
    }
}
