using System.Globalization;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Apps;

/// <summary>What an app finds in its environment beyond what the host itself has: exactly what the Dapr CLI gives it.</summary>
internal static class AppEnvironment
{
    public static IReadOnlyDictionary<string, string> Of(AppDefinition app, AssignedPorts ports)
    {
        var environment = new Dictionary<string, string>
        {
            ["APP_ID"] = app.Id,
            ["APP_CHANNEL_ADDRESS"] = app.ChannelAddress,
            ["APP_PROTOCOL"] = app.Protocol,
            ["DAPR_HTTP_PORT"] = Text(ports.Http),
            ["DAPR_GRPC_PORT"] = Text(ports.Grpc),
            ["DAPR_METRICS_PORT"] = Text(ports.Metrics),
            ["PWD"] = app.Folder,
        };
        if (ports.App is { } port)
            environment["APP_PORT"] = Text(port);
        foreach (var (name, value) in app.Environment)
            environment[name] = value;
        return environment;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
