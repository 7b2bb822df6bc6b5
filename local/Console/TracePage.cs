using System.Globalization;
using System.Text;
using CloudNative.Local.Console.Traces;

namespace CloudNative.Local.Console;

/// <summary>Traces as HTML: a table of the newest for the console's page, and a page for each with its spans as a tree.</summary>
internal static class TracePage
{
    private const int Shown = 20;

    public static string Table(IReadOnlyList<Trace> traces)
    {
        var html = new StringBuilder("<h2>Traces</h2>\n");
        var shown = traces.Where(trace => !trace.IsBackgroundCall).Take(Shown).ToList();
        if (shown.Count == 0)
            return html.Append("<p>None yet. Apps report theirs where the host is started with <code>--telemetry</code>.</p>\n").ToString();
        html.Append("<table>\n<tr><th>Start</th><th>Trace</th><th>Apps</th><th>Spans</th><th>Took</th></tr>\n");
        foreach (var trace in shown)
        {
            html.Append(
                $"<tr><td>{trace.Start.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)}</td><td><a href=\"/traces/{trace.Id}\">{Html.Encode(trace.Spans[0].Name)}</a></td>"
                + $"<td>{Html.Encode(string.Join(", ", trace.Services))}</td><td>{trace.Spans.Count}</td><td class=\"{Class(trace.HasFailed)}\">{Ms(trace.DurationMs)}</td></tr>\n");
        }
        return html.Append("</table>\n").ToString();
    }

    public static string Render(Trace trace)
    {
        var html = new StringBuilder(Html.Head($"Trace {trace.Id}", refreshSeconds: null));
        html.Append($"<h1>{Html.Encode(trace.Spans[0].Name)}</h1>\n<p>Trace {trace.Id}, {Ms(trace.DurationMs)}. <a href=\"/\">All apps</a></p>\n");
        html.Append("<table>\n<tr><th>App</th><th>Span</th><th>Kind</th><th>After</th><th>Took</th></tr>\n");
        foreach (var span in trace.Spans)
        {
            html.Append(
                $"<tr><td>{Html.Encode(span.Service)}</td><td style=\"padding-left: {span.Depth}rem\">{Html.Encode(span.Name)}</td><td>{span.Kind}</td>"
                + $"<td>{Ms(span.OffsetMs)}</td><td class=\"{Class(span.HasFailed)}\">{Ms(span.DurationMs)}</td></tr>\n");
        }
        return html.Append("</table>\n").Append(Html.Foot).ToString();
    }

    private static string Class(bool hasFailed) => hasFailed ? "not" : "ready";

    private static string Ms(double milliseconds) => milliseconds.ToString("0.0 ms", CultureInfo.InvariantCulture);
}
