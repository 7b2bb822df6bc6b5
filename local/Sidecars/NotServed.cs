using System.Collections.Concurrent;
using Dapr.Client.Autogen.Grpc.v1;

namespace CloudNative.Local.Sidecars;

/// <summary>Says in words, once each, that a part of the runtime API exists in daprd and is not served here.</summary>
internal sealed partial class NotServed(string appId, ILogger<NotServed> logger)
{
    private static readonly HashSet<string> Areas = new(StringComparer.Ordinal)
    {
        "actors", "configuration", "conversation", "crypto", "jobs", "lock", "publish", "state", "subtlecrypto", "unlock", "workflows",
    };

    private static readonly HashSet<string> Methods = DaprReflection.Descriptor.Services
        .SelectMany(service => service.Methods)
        .Select(method => $"/{method.Service.FullName}/{method.Name}")
        .ToHashSet(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);

    public void Http(string verb, IReadOnlyList<string> path)
    {
        if (path.Count > 2 && path[0].StartsWith("v1.0", StringComparison.Ordinal) && Areas.Contains(path[1]) && _told.TryAdd($"{verb} {path[0]}/{path[1]}", true))
            LogRoute(verb, $"/{path[0]}/{path[1]}/...", appId);
    }

    public void Grpc(string path)
    {
        if (Methods.Contains(path) && _told.TryAdd(path, true))
            LogMethod(path, appId);
    }

    public void Options(SidecarOptions options)
    {
        foreach (var part in options.Configuration.NotServed)
            LogPart(part, appId);
        if (options.AppPort is not null && options.AppProtocol != "http")
            LogProtocol(options.AppProtocol, appId);
    }

    [LoggerMessage(LogLevel.Warning, "The configuration of {AppId} has spec.{Part}, which this local runtime does not serve: nothing of it holds here; run the app under daprd to have it")]
    private partial void LogPart(string part, string appId);

    [LoggerMessage(LogLevel.Warning, "The app protocol {Protocol} of {AppId} is not served by this local runtime, which speaks http to apps: let the app listen for http, or run it under daprd")]
    private partial void LogProtocol(string protocol, string appId);

    [LoggerMessage(LogLevel.Warning, "{Verb} {Path} is not served by this local runtime: {AppId} was answered as daprd answers an unknown route; run the app under daprd to have it")]
    private partial void LogRoute(string verb, string path, string appId);

    [LoggerMessage(LogLevel.Warning, "gRPC method {Path} is not served by this local runtime: {AppId} was answered as daprd answers an unknown method; run the app under daprd to have it")]
    private partial void LogMethod(string path, string appId);
}
