using System.Net;

namespace CloudNative.Local.Console;

/// <summary>
/// Keeps web pages of elsewhere out: the listener is on loopback, but a browser on this machine would still reach it by a name that was made to point
/// here (so the Host must be loopback), or from another page (so an Origin must be too).
/// </summary>
internal static class LoopbackOnly
{
    public static async Task CheckAsync(HttpContext context, Func<Task> next)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (IsLoopback(context.Request.Host.Host) && (origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLoopback(uri.Host))))
            await next();
        else
            await Results.Problem("The console answers only to requests for 127.0.0.1 or localhost.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
