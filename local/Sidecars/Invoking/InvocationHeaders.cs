using System.Globalization;
using CloudNative.Local.Sidecars.Http;
using Grpc.Core;

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
    /// <param name="trace">Where it is none, tracing is off and what the caller sent goes on.</param>
    public static void ToApp(HttpRequestMessage request, IHeaderDictionary sent, RequestTrace trace, string? appApiToken)
    {
        foreach (var (name, values) in sent)
        {
            if (!OfOneHop.Contains(name) && !NotForTheApp.Contains(name))
                AddAll(request, name, values);
        }
        if ((trace.Parent ?? sent.TraceParent.ToString()) is { Length: > 0 } parent)
            Add(request, "traceparent", parent);
        if (!string.IsNullOrEmpty(appApiToken))
            Add(request, ApiToken.Header, appApiToken);
    }

    /// <summary>What another sidecar has made ready goes on as it is.</summary>
    public static void FromSidecar(HttpRequestMessage request, IHeaderDictionary sent, string? appApiToken)
    {
        foreach (var (name, values) in sent)
        {
            if (!OfOneHop.Contains(name) && (name.Equals("traceparent", StringComparison.OrdinalIgnoreCase) || !NotForTheApp.Contains(name)))
                AddAll(request, name, values);
        }
        if (!string.IsNullOrEmpty(appApiToken))
            Add(request, ApiToken.Header, appApiToken);
    }

    /// <summary>The metadata of a gRPC call as headers: what belongs to the protocol goes behind <c>dapr-</c>.</summary>
    public static IHeaderDictionary OfGrpcCall(HttpRequest call, string contentType)
    {
        var headers = new HeaderDictionary { ["dapr-authority"] = call.Host.Value };
        if (contentType.Length > 0)
            headers["content-type"] = contentType;
        foreach (var (name, values) in call.Headers)
        {
            if (name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase))
                headers["dapr-" + name] = values;
            else if (!name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase) && !name.Equals("content-type", StringComparison.OrdinalIgnoreCase))
                headers[name] = values;
        }
        return headers;
    }

    public static Metadata ToGrpcCaller(HttpResponseMessage answer, RequestTrace trace)
    {
        var metadata = new Metadata { { "dapr-http-status", ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture) } };
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            var lower = Lower(name);
            if (lower is "content-type")
                metadata.Add("dapr-content-type", values.ToString());
            else if (lower is not ("content-length" or "date" or "traceparent") && !OfOneHop.Contains(name) && !lower.EndsWith("-bin", StringComparison.Ordinal))
                metadata.Add(lower, values.ToString());
        }
        if (trace.Parent is not null)
            metadata.Add("traceparent", trace.Parent);
        return metadata;
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

    private static string Lower(string name) => string.Create(name.Length, name, (target, source) => source.AsSpan().ToLowerInvariant(target));

    private static void Add(HttpRequestMessage request, string name, string value) => AddAll(request, name, [value]);
}
