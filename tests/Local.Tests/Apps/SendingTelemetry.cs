using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Apps;

public sealed class SendingTelemetry
{
    private const string Console = "http://127.0.0.1:8080";
    private static readonly AppDefinition Orders = new(
        "orders", "/", new RequestedPorts(null, null, null, null), "http", "", [], new Dictionary<string, string> { ["TEAM"] = "blue" }, [], null, 4 << 20, -1, null, LogDestination.FileAndConsole);

    [Fact]
    public void goes_to_the_console_where_nothing_else_is_said()
    {
        var environment = Orders.ReportingTo(Console, _ => null).Environment;

        environment["OTEL_EXPORTER_OTLP_ENDPOINT"].ShouldBe(Console);
        environment["OTEL_EXPORTER_OTLP_PROTOCOL"].ShouldBe("http/protobuf");
        environment["TEAM"].ShouldBe("blue");
    }

    [Fact]
    public void goes_where_the_shell_sends_it() =>
        Orders.ReportingTo(Console, name => name == "OTEL_EXPORTER_OTLP_ENDPOINT" ? "http://collector:4317" : null).ShouldBe(Orders);

    [Fact]
    public void goes_where_the_run_file_sends_it()
    {
        var app = Orders with { Environment = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4317" } };

        app.ReportingTo(Console, _ => null).ShouldBe(app);
    }
}
