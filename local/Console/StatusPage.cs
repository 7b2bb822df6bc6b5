using System.Text;
using CloudNative.Local.Apps;
using CloudNative.Local.Console.Traces;

namespace CloudNative.Local.Console;

/// <summary>The console's page: one row per app, and the newest traces. It reloads itself.</summary>
internal static class StatusPage
{
    private const int RefreshSeconds = 5;

    public static string Render(RunStatus status, IReadOnlyList<Trace> traces)
    {
        var page = new StringBuilder(Html.Head("CloudNative.Dapr local runtime", RefreshSeconds)).Append("<h1>Local runtime</h1>\n");
        page.Append(status.IsReady ? "<p class=\"ready\">Everything is ready.</p>" : $"<p class=\"not\">Waiting for: {Html.Encode(string.Join(", ", status.NotReady))}</p>");
        page.Append("\n<table>\n<tr><th>App</th><th>Address</th><th>State</th><th>Restarts</th><th>Sidecar HTTP</th><th>Sidecar gRPC</th><th>Log</th></tr>\n");
        foreach (var app in status.Apps)
            page.Append(Row(app));
        return page.Append("</table>\n").Append(TracePage.Table(traces)).Append(Html.Foot).ToString();
    }

    private static string Row(AppStatus app) =>
        $"<tr><td>{Html.Encode(app.Id)}</td><td>{Link(app.Address)}</td><td class=\"{(app.IsReady ? "ready" : "not")}\">{(app.IsReady ? "Ready" : app.State)}</td>"
        + $"<td>{app.Restarts}</td><td>{Html.Encode(app.Http)}</td><td>{Html.Encode(app.Grpc)}</td><td><a href=\"/logs/{Uri.EscapeDataString(app.Id)}\">log</a></td></tr>\n";

    private static string Link(string? address) => address is null ? "" : $"<a href=\"{Html.Encode(address)}\">{Html.Encode(address)}</a>";
}
