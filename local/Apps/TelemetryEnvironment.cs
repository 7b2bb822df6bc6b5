using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Apps;

/// <summary>
/// Lets an app report its traces to the console. Only where the user asks for it: otherwise an app finds exactly the environment that the Dapr
/// CLI gives it, and tracing costs nothing.
/// </summary>
internal static class TelemetryEnvironment
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // Spans are to be seen soon after they ended; the default is 5,000.
    private const string DelayMs = "1000";

    /// <summary>The app as it was, where the run file or the shell sends its telemetry elsewhere.</summary>
    public static AppDefinition ReportingTo(this AppDefinition app, string console, Func<string, string?> shell)
    {
        if (app.Environment.ContainsKey(Endpoint) || !string.IsNullOrEmpty(shell(Endpoint)))
            return app;
        return app with
        {
            Environment = new Dictionary<string, string>(app.Environment)
            {
                [Endpoint] = console,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BSP_SCHEDULE_DELAY"] = DelayMs,
            },
        };
    }
}
