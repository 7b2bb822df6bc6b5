namespace CloudNative.BuildingBlocks.Publishing;

/// <summary>Where events go, and how long a publish may take.</summary>
public sealed class PublishingOptions
{
    public const string Section = "Publishing";

    /// <summary>The Dapr pub/sub component.</summary>
    public string PubSub { get; set; } = "event-stream";

    /// <summary>The one topic that every listener reads.</summary>
    public string Topic { get; set; } = "events";

    /// <summary>Where the original of an event goes that a listener gave up on.</summary>
    public string DeadLetterTopic { get; set; } = "events-dead-letter";

    /// <summary>The longest a single publish may take. Default 5 s.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(5);
}
