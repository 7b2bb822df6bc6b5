using System.Net;

namespace CloudNative.Local.Console;

/// <summary>What the console's pages have in common. They have no script.</summary>
internal static class Html
{
    public const string ContentType = "text/html; charset=utf-8";
    public const string Foot = "</body>\n</html>\n";

    /// <param name="refreshSeconds">How often the page loads itself again; null for one that does not change.</param>
    public static string Head(string title, int? refreshSeconds) => $$"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        {{(refreshSeconds is { } seconds ? $"<meta http-equiv=\"refresh\" content=\"{seconds}\">\n" : "")}}<title>{{Encode(title)}}</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color: #1b1f24; background: #fff; }
        table { border-collapse: collapse; }
        th, td { text-align: left; padding: .4rem 1.2rem .4rem 0; border-bottom: 1px solid #d0d7de; }
        .ready { color: #116329; } .not { color: #a40e26; }
        @media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } a { color: #79c0ff; } .ready { color: #56d364; } .not { color: #ff7b72; } }
        </style>
        </head>
        <body>

        """;

    public static string Encode(string text) => WebUtility.HtmlEncode(text);
}
