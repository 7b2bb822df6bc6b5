namespace CloudNative.Local.PubSub.CloudEvents;

/// <summary>How the runtime reads a content type: without parameters, in any case.</summary>
internal static class MediaTypes
{
    public const string Default = "text/plain";
    public const string CloudEvent = "application/cloudevents+json";
    public const string OctetStream = "application/octet-stream";

    public static bool IsCloudEvent(string contentType) => Is(contentType, CloudEvent);

    /// <summary><c>application/vnd.x+json</c> is none: it travels as a string.</summary>
    public static bool IsJson(string contentType) => Is(contentType, "application/json");

    public static bool IsOctetStream(string contentType) => Is(contentType, OctetStream);

    public static bool IsBinary(string contentType) =>
        IsOctetStream(contentType) || Is(contentType, "application/cloudevents+protobuf") || Is(contentType, "application/x-protobuf");

    public static bool IsText(string contentType) =>
        Bare(contentType).StartsWith("text/", StringComparison.OrdinalIgnoreCase) || Is(contentType, "application/xml");

    private static bool Is(string contentType, string mediaType) => Bare(contentType).Equals(mediaType, StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> Bare(string contentType)
    {
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? contentType : contentType.AsSpan(0, end)).Trim();
    }
}
