using System.Net;
using System.Text;
using CloudNative.Local.Apps;

namespace CloudNative.Local.Console;

/// <summary>The console's page: one row per app. It reloads itself, and has no script.</summary>
internal static class StatusPage
{
    public static string Render(RunStatus status)
    {
        var page = new StringBuilder("""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="refresh" content="5">
            <title>CloudNative.Dapr local runtime</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color: #1b1f24; background: #fff; }
            table { border-collapse: collapse; }
            th, td { text-align: left; padding: .4rem 1.2rem .4rem 0; border-bottom: 1px solid #d0d7de; }
            .ready { color: #116329; } .not { color: #a40e26; }
            @media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } a { color: #79c0ff; } .ready { color: #56d364; } .not { color: #ff7b72; } }
            </style>
            </head>
            <body>
            <h1>Local runtime</h1>

            """);
        page.Append(status.IsReady ? "<p class=\"ready\">Everything is ready.</p>" : $"<p class=\"not\">Waiting for: {Encode(string.Join(", ", status.NotReady))}</p>");
        page.Append("\n<table>\n<tr><th>App</th><th>Address</th><th>State</th><th>Restarts</th><th>Sidecar HTTP</th><th>Sidecar gRPC</th><th>Log</th></tr>\n");
        foreach (var app in status.Apps)
            page.Append(Row(app));
        return page.Append("</table>\n</body>\n</html>\n").ToString();
    }

    private static string Row(AppStatus app) =>
        $"<tr><td>{Encode(app.Id)}</td><td>{Link(app.Address)}</td><td class=\"{(app.IsReady ? "ready" : "not")}\">{(app.IsReady ? "Ready" : app.State)}</td>"
        + $"<td>{app.Restarts}</td><td>{Encode(app.Http)}</td><td>{Encode(app.Grpc)}</td><td><a href=\"/logs/{Uri.EscapeDataString(app.Id)}\">log</a></td></tr>\n";

    private static string Link(string? address) => address is null ? "" : $"<a href=\"{Encode(address)}\">{Encode(address)}</a>";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
