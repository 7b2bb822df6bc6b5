using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.Sidecars.Invoking;

/// <summary>Which headers an invoked app gets from its caller, and a caller from the app.</summary>
internal static class InvocationHeaders
{
    private static readonly HashSet<string> OfOneHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    };

    private static readonly HashSet<string> NotForTheApp = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "content-length", "dapr-app-id", ApiToken.Header, "traceparent",
    };

    /// <param name="appApiToken">Replaces whatever the caller sent under that name.</param>
    public static void ToApp(HttpRequestMessage request, IHeaderDictionary sent, string? appApiToken)
    {
        foreach (var (name, values) in sent)
        {
            if (!OfOneHop.Contains(name) && !NotForTheApp.Contains(name))
                AddAll(request, name, values);
        }
        Add(request, "traceparent", TraceContext.Traceparent(sent));
        if (!string.IsNullOrEmpty(appApiToken))
            Add(request, ApiToken.Header, appApiToken);
    }

    /// <summary>What only another app's sidecar adds. All run on this machine, so every address is the loopback's.</summary>
    public static void FromPeer(HttpRequestMessage request, string caller, string callee)
    {
        var host = Environment.MachineName;
        Add(request, "dapr-caller-app-id", caller);
        Add(request, "dapr-callee-app-id", callee);
        Add(request, "dapr-caller-namespace", "default");
        Add(request, "forwarded", $"for=127.0.0.1;by=127.0.0.1;host={host}");
        Add(request, "x-forwarded-for", "127.0.0.1");
        Add(request, "x-forwarded-host", host);
    }

    /// <summary>The answer's trace context is the runtime's own.</summary>
    public static void ToCaller(HttpResponseMessage answer, IHeaderDictionary headers)
    {
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (!OfOneHop.Contains(name) && !name.Equals("traceparent", StringComparison.OrdinalIgnoreCase))
                headers[name] = values.ToArray();
        }
    }

    private static void AddAll(HttpRequestMessage request, string name, IEnumerable<string?> values)
    {
        if (request.Headers.TryAddWithoutValidation(name, values))
            return;
        request.Content ??= new ByteArrayContent([]);
        request.Content.Headers.TryAddWithoutValidation(name, values);
    }

    private static void Add(HttpRequestMessage request, string name, string value) => AddAll(request, name, [value]);
}
