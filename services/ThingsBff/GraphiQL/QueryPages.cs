using System.Net;
using System.Reflection;

namespace CloudNative.ThingsBff.GraphiQL;

/// <summary>What a browser sees at /graphql: GraphiQL when it is installed, otherwise a plain page with a query box and the schema.</summary>
internal sealed class QueryPages(GraphiQLFiles files)
{
    private const string SchemaMark = "<!--schema-->";
    private static readonly Dictionary<string, byte[]> Own = new[] { "graphiql.html", "graphiql-start.js", "plain.html", "plain.js", "pages.css" }
        .ToDictionary(name => name, Resource);

    /// <summary><paramref name="schema"/>: null to leave it out.</summary>
    public async Task WriteAsync(HttpContext http, string? schema)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers.Vary = "Accept";
        // GraphiQL's editor sets styles from script and carries its icons as data.
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";
        if (files.AreThere)
        {
            await http.Response.Body.WriteAsync(Own["graphiql.html"], http.RequestAborted);
            return;
        }

        var page = System.Text.Encoding.UTF8.GetString(Own["plain.html"]);
        await http.Response.WriteAsync(
            page.Replace(SchemaMark, WebUtility.HtmlEncode(schema ?? ""), StringComparison.Ordinal), http.RequestAborted);
    }

    public async Task WriteAssetAsync(HttpContext http)
    {
        var name = (string)http.Request.RouteValues["name"]!;
        http.Response.Headers.CacheControl = "max-age=3600";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (Own.TryGetValue(name, out var own) && !name.EndsWith(".html", StringComparison.Ordinal))
        {
            http.Response.ContentType = ContentType(name);
            await http.Response.Body.WriteAsync(own, http.RequestAborted);
        }
        else if (files.Find(name) is { } path)
        {
            http.Response.ContentType = ContentType(name);
            await http.Response.SendFileAsync(path, http.RequestAborted);
        }
        else
        {
            http.Response.Headers.CacheControl = "no-store";
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private static string ContentType(string name) =>
        name.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";

    private static byte[] Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
