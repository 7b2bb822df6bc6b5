using System.Globalization;
using System.Net;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Sidecars.App;

/// <summary>Asks the app for its health: any 2xx in time is well. No token goes with it.</summary>
internal sealed class AppProbe : IDisposable
{
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        // Also sends the Accept-Encoding that Go sends.
        AutomaticDecompression = DecompressionMethods.GZip,
        UseCookies = false,
        UseProxy = false,
    });

    private readonly Uri target;
    private readonly TimeSpan timeout;
    private readonly TimeProvider time;

    public AppProbe(int appPort, AppHealthCheck check, TimeProvider time)
    {
        target = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{appPort}/{check.Path.TrimStart('/')}"));
        timeout = check.Timeout;
        this.time = time;
    }

    public async Task<bool> IsWellAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.TryAddWithoutValidation("User-Agent", "Go-http-client/1.1");
        try
        {
            using var answer = await client.SendAsync(request, either.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => client.Dispose();
}
