using System.Net.Sockets;
using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.Sidecars.Invoking;

/// <summary>A request that got no answer.</summary>
internal sealed class InvocationException(HttpRequestMessage request, Exception cause) : Exception(null, cause)
{
    public string Verb { get; } = request.Method.Method;

    public Uri Address { get; } = request.RequestUri!;
}

/// <summary>The health check finds the app not well, so it is not called.</summary>
internal sealed class UnhealthyAppException() : Exception("rpc error: code = Internal desc = app is not in a healthy state");

/// <summary>Why an invocation came to nothing, in the words of Go's client.</summary>
internal static class InvocationProblem
{
    public static bool IsRefusal(Exception problem) => Socket(problem) is { SocketErrorCode: SocketError.ConnectionRefused };

    /// <param name="wasRepeated">By the built-in policy for other sidecars.</param>
    public static string Text(Exception problem, Peer callee, bool wasRepeated)
    {
        if (problem is not InvocationException failed)
            return problem.Message;
        var refused = $"dial tcp 127.0.0.1:{failed.Address.Port}: connect: connection refused";
        if (wasRepeated && IsRefusal(problem))
            return $"failed to invoke target {callee.AppId} after 3 retries. Error: rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: {refused}\"";
        var reason = failed.InnerException is BodyTooLargeException tooLarge ? tooLarge.Message : IsRefusal(problem) ? refused : "EOF";
        return $"{failed.Verb[0]}{Lower(failed.Verb[1..])} \"{failed.Address.OriginalString}\": {reason}";
    }

    private static SocketException? Socket(Exception problem) => problem.InnerException as SocketException ?? problem.InnerException?.InnerException as SocketException;

    private static string Lower(string verb) => string.Create(verb.Length, verb, (target, source) => source.AsSpan().ToLowerInvariant(target));
}
