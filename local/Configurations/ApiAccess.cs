namespace CloudNative.Local.Configurations;

/// <param name="Protocol"><c>http</c> or <c>grpc</c>; empty: both.</param>
public sealed record ApiRule(string Name, string Version, string Protocol);

/// <summary>
/// Which parts of the runtime API are there. Each protocol is looked at for itself: where rules allow something of it, the rest is hidden; health is
/// always there. A version is written <c>v1</c> or <c>v1alpha1</c>; the older <c>v1.0</c> counts for HTTP only.
/// </summary>
public sealed class ApiAccess(IReadOnlyList<ApiRule> allowed, IReadOnlyList<ApiRule> denied)
{
    public static readonly ApiAccess Full = new([], []);

    private static readonly (string Part, string Name)[] Names =
    [
        ("QueryState", "state"), ("State", "state"), ("Publish", "publish"), ("Binding", "bindings"), ("Secret", "secrets"), ("InvokeService", "invoke"),
        ("Metadata", "metadata"), ("Shutdown", "shutdown"), ("Subscribe", "subscribe"),
    ];

    /// <param name="pattern">Of the route, e.g. <c>/v1.0/state/{store}</c>.</param>
    public bool HasRoute(string pattern)
    {
        var segments = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var version = segments[0].Replace(".0-", "", StringComparison.Ordinal).Replace(".0", "", StringComparison.Ordinal);
        return segments[1] == "healthz" || Has("http", segments[1], rule => rule.Version == version || rule.Version == segments[0]);
    }

    /// <summary>Whether what no route matches may be an invocation.</summary>
    public bool HasInvocation => HasRoute("/v1.0/invoke");

    /// <param name="method">Of the gRPC service, e.g. <c>GetState</c>.</param>
    public bool HasMethod(string method)
    {
        var name = Names.FirstOrDefault(pair => method.Contains(pair.Part, StringComparison.Ordinal)).Name ?? "";
        var version = method.EndsWith("Alpha1", StringComparison.Ordinal) ? "v1alpha1" : "v1";
        return Has("grpc", name, rule => rule.Version == version);
    }

    private bool Has(string protocol, string name, Predicate<ApiRule> isOfVersion)
    {
        var isAnyAllowed = allowed.Any(rule => IsOf(protocol, rule) && (protocol == "http" || rule.Version != "v1.0"));
        return (!isAnyAllowed || allowed.Any(Matches)) && !denied.Any(Matches);

        bool Matches(ApiRule rule) => IsOf(protocol, rule) && rule.Name == name && isOfVersion(rule);
    }

    private static bool IsOf(string protocol, ApiRule rule) => rule.Protocol.Length == 0 || rule.Protocol == protocol;
}
