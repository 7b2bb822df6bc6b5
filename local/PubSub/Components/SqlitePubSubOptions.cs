using CloudNative.EventStream;
using CloudNative.Local.Resources;

namespace CloudNative.Local.PubSub.Components;

/// <summary>
/// Metadata of <c>pubsub.sqlite</c>: <c>connectionString</c> (path of the database file, required), <c>consumerID</c> (consumer group, default the app id),
/// <c>retention</c> (Go duration, default 168h), <c>initialPosition</c> (<c>latest</c>, the default, or <c>trim_horizon</c>; a subscription may set its own).
/// </summary>
internal sealed record SqlitePubSubOptions(string DatabaseFile, string ConsumerId, TimeSpan Retention, InitialPosition InitialPosition)
{
    public const string InitialPositionKey = "initialPosition";
    public const string PositionRemedy = "write 'latest' or 'trim_horizon'";

    private static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(7);

    /// <exception cref="ComponentInitException">A value is missing or wrong; the message names component and key.</exception>
    public static SqlitePubSubOptions From(Component component, ComponentContext context)
    {
        var settings = new ComponentSettings(component);
        var file = settings.Required("connectionString", "../../.local/events.db");
        var retention = settings.Duration("retention", DefaultRetention);
        if (retention <= TimeSpan.Zero)
            throw settings.Refused("retention", "must be positive", "write for example '168h'");
        var position = settings.Optional(InitialPositionKey) ?? "latest";
        return new SqlitePubSubOptions(
            CanonicalPath.Of(context.ResolvePath(file)),
            settings.Optional("consumerID") ?? context.AppId,
            retention,
            Position(position) ?? throw settings.Refused(InitialPositionKey, $"unknown position \"{position}\"", PositionRemedy));
    }

    /// <summary>Null for a word that is no position.</summary>
    public static InitialPosition? Position(string text) => text switch
    {
        "latest" => InitialPosition.Latest,
        "trim_horizon" => InitialPosition.TrimHorizon,
        _ => null,
    };
}
