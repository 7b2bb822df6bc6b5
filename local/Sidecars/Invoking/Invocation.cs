using System.Text;
using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.Sidecars.Invoking;

/// <summary>Which app a request is meant for, and the path to call there: absolute, escaped, with its query.</summary>
internal sealed record Invocation(string AppId, string PathAndQuery)
{
    private const string AppIdHeader = "dapr-app-id";
    private const string BasicUser = AppIdHeader + ":";

    /// <summary>Null where neither headers nor path name an app. The header wins over Basic credentials, both over the path.</summary>
    /// <exception cref="ApiException">The path holds what no path may.</exception>
    public static Invocation? From(RequestTarget target, IHeaderDictionary headers)
    {
        var inPath = IsInvokePath(target);
        var appId = FromHeaders(headers) ?? (inPath ? RequestTarget.Decode(target.Segments[2]) : null);
        if (appId is null)
            return null;
        var segments = inPath ? target.Segments.Skip(4) : target.Segments;
        return new Invocation(appId, Path(appId, segments) + (target.Query.Length > 0 ? "?" + target.Query : ""));
    }

    public static ApiException Failure(string appId, string error) => new(
        StatusCodes.Status500InternalServerError, Grpc.Core.StatusCode.Internal, "ERR_DIRECT_INVOKE", Prefix(appId) + error)
    {
        WithoutGrpcDetails = true,
    };

    /// <summary>The error that <see cref="Failure"/> was given.</summary>
    public static string ReasonOf(ApiException failure, string appId) =>
        failure.Message.StartsWith(Prefix(appId), StringComparison.Ordinal) ? failure.Message[Prefix(appId).Length..] : failure.Message;

    /// <summary>Of a method named in a message rather than in a path.</summary>
    /// <exception cref="ApiException">It holds what no path may.</exception>
    public static string PathOf(string appId, string method) => Path(appId, method.Split('/'));

    private static string Prefix(string appId) => $"failed to invoke, id: {appId}, err: ";

    /// <summary><c>.../method/</c> is the app's root, <c>.../method</c> is nothing.</summary>
    private static bool IsInvokePath(RequestTarget target) =>
        target.Segments is ["v1.0", "invoke", _, "method", ..] && (target.Segments.Count > 4 || target.Path.EndsWith('/'));

    private static string? FromHeaders(IHeaderDictionary headers)
    {
        if (headers[AppIdHeader] is [{ Length: > 0 } id, ..])
            return id;
        return headers.Authorization is [{ } credentials, ..] && credentials.StartsWith("Basic ", StringComparison.Ordinal)
            ? FromBasic(credentials["Basic ".Length..])
            : null;
    }

    private static string? FromBasic(string encoded)
    {
        var buffer = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, buffer, out var length))
            return null;
        var credentials = Encoding.UTF8.GetString(buffer, 0, length);
        return credentials.StartsWith(BasicUser, StringComparison.Ordinal) && credentials.Length > BasicUser.Length ? credentials[BasicUser.Length..] : null;
    }

    /// <summary>Decoded, cleaned once more (an escaped slash counts now) and escaped again, as daprd passes it on.</summary>
    private static string Path(string appId, IEnumerable<string> segments)
    {
        var decoded = string.Join('/', segments.Select(Uri.UnescapeDataString));
        if (decoded.AsSpan().IndexOfAny('?', '#') >= 0)
            throw Failure(appId, $"rpc error: code = InvalidArgument desc = invalid method: method contains forbidden character: \"{decoded}\"");
        return "/" + string.Join('/', RequestTarget.Clean(decoded).Select(Escape));
    }

    private static string Escape(string segment)
    {
        var escaped = new StringBuilder(segment.Length);
        foreach (var c in Encoding.UTF8.GetBytes(segment))
        {
            if (char.IsAsciiLetterOrDigit((char)c) || "-_.~$&+,:;=@".Contains((char)c, StringComparison.Ordinal))
                escaped.Append((char)c);
            else
                escaped.Append('%').Append(c.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return escaped.ToString();
    }
}
