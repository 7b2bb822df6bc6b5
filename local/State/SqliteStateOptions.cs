using System.Text.RegularExpressions;
using CloudNative.Local.Resources;

namespace CloudNative.Local.State;

/// <summary>The metadata of a state.sqlite component.</summary>
/// <param name="Timeout">How long one call may take before it is refused; its outcome is unknown then. Default 20 s, at least 1 s.</param>
/// <param name="BusyTimeout">How long a writer of another process is waited for. Default 2 s.</param>
/// <param name="CleanupInterval">How often expired rows are deleted; zero: never (the default).</param>
internal sealed partial record SqliteStateOptions(
    SqliteLocation Location,
    string Table,
    string MetadataTable,
    TimeSpan Timeout,
    TimeSpan BusyTimeout,
    bool WriteAheadLog,
    TimeSpan CleanupInterval)
{
    private const string ConnectionKey = "connectionString";
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DefaultBusyTimeout = TimeSpan.FromSeconds(2);

    /// <exception cref="ComponentInitException">A value is missing or wrong.</exception>
    public static SqliteStateOptions Read(Component component, ComponentContext context)
    {
        var settings = new ComponentSettings(component);
        var connection = settings.Optional(ConnectionKey) ?? settings.Optional("url") ?? settings.Required(ConnectionKey, "../../.local/state.db");
        var timeout = settings.Duration("timeout", DefaultTimeout);
        if (timeout < TimeSpan.FromSeconds(1))
            throw settings.Refused("timeout", "it is less than a second", "write at least '1s'");
        return new SqliteStateOptions(
            SqliteLocation.Parse(connection, context.ResolvePath, (reason, remedy) => settings.Refused(ConnectionKey, reason, remedy)),
            TableName(settings, "tableName", "state"),
            TableName(settings, "metadataTableName", "metadata"),
            timeout,
            settings.Duration("busyTimeout", DefaultBusyTimeout),
            !settings.Flag("disableWAL", otherwise: false),
            settings.Duration("cleanupInterval", TimeSpan.Zero));
    }

    private static string TableName(ComponentSettings settings, string key, string otherwise)
    {
        var name = settings.Optional(key) ?? otherwise;
        return Identifier().IsMatch(name)
            ? name
            : throw settings.Refused(key, $"invalid table name '{name}'", "use letters, digits and underscores, not starting with a digit");
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Identifier();
}
