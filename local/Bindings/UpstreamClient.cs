using System.Net;

namespace CloudNative.Local.Bindings;

/// <summary>Sends calls and follows redirects as Go's client does: 301 to 303 go on with GET, 307 and 308 repeat the call.</summary>
internal sealed class UpstreamClient : IDisposable
{
    public const int MaxRedirects = 10;

    private static readonly string[] Sensitive = ["Authorization", "Cookie", "Www-Authenticate"];

    private readonly HttpMessageInvoker invoker;

    /// <param name="bypassProxy">Go never sends what is on this machine to a proxy.</param>
    public UpstreamClient(bool bypassProxy) => invoker = new HttpMessageInvoker(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        // Go's transport asks for gzip by itself and unpacks it unseen.
        AutomaticDecompression = DecompressionMethods.GZip,
        ActivityHeadersPropagator = null,
        UseCookies = false,
        UseProxy = !bypassProxy,
    });

    /// <exception cref="TooManyRedirectsException">The answer would lead to an eleventh address.</exception>
    public async Task<HttpResponseMessage> SendAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        for (var followed = 0; ; followed++)
        {
            using var message = call.ToMessage();
            var response = await invoker.SendAsync(message, cancellationToken);
            if (!LeadsElsewhere(response, out var location))
                return response;
            response.Dispose();
            if (followed == MaxRedirects - 1)
                throw new TooManyRedirectsException(location);
            call = Redirected(call, response.StatusCode, new Uri(call.Url, location));
        }
    }

    public void Dispose() => invoker.Dispose();

    private static bool LeadsElsewhere(HttpResponseMessage response, out string location)
    {
        location = response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : "";
        return (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && location.Length > 0;
    }

    private static UpstreamCall Redirected(UpstreamCall call, HttpStatusCode code, Uri url)
    {
        var repeats = (int)code is 307 or 308;
        var headers = new Dictionary<string, string>(call.Headers, StringComparer.OrdinalIgnoreCase);
        if (!repeats)
            headers.Remove("Content-Type");
        if (!headers.ContainsKey("Referer") && !(call.Url.Scheme == "https" && url.Scheme == "http"))
            headers["Referer"] = call.Url.OriginalString;
        if (!string.Equals(url.Host, call.Url.Host, StringComparison.OrdinalIgnoreCase))
        {
            foreach (var name in Sensitive)
                headers.Remove(name);
        }
        var method = repeats || call.Method == HttpMethod.Head ? call.Method : HttpMethod.Get;
        return new UpstreamCall(method, url, headers, repeats ? call.Body : null);
    }
}

internal sealed class TooManyRedirectsException(string location) : Exception
{
    public string Location { get; } = location;
}
