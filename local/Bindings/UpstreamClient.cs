using System.Net;
using System.Net.Sockets;

namespace CloudNative.Local.Bindings;

/// <summary>Sends calls and follows redirects as Go's client does: 301 to 303 go on with GET, 307 and 308 repeat the call.</summary>
internal sealed class UpstreamClient : IDisposable
{
    public const int MaxRedirects = 10;

    private static readonly HttpRequestOptionsKey<bool> Connected = new("connected");
    private static readonly string[] Sensitive = ["Authorization", "Cookie", "Www-Authenticate"];

    private readonly HttpMessageInvoker invoker;

    /// <param name="bypassProxy">Go never sends what is on this machine to a proxy.</param>
    public UpstreamClient(bool bypassProxy) => invoker = new HttpMessageInvoker(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        // Go's transport asks for gzip by itself and unpacks it unseen.
        AutomaticDecompression = DecompressionMethods.GZip,
        ActivityHeadersPropagator = null,
        ConnectCallback = ConnectOnceAsync,
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

    /// <summary>
    /// .NET repeats a request without a body whose connection ended before an answer, on a new connection as well; Go repeats it only
    /// where the connection had been used before. So each request may open one connection, not two.
    /// </summary>
    private static async ValueTask<Stream> ConnectOnceAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var options = context.InitialRequestMessage.Options;
        if (options.TryGetValue(Connected, out _))
            throw new IOException("The connection ended without an answer.");
        options.Set(Connected, true);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

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
