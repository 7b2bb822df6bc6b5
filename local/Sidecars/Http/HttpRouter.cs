using CloudNative.Local.Configurations;

namespace CloudNative.Local.Sidecars.Http;

/// <summary>The routes of every API of one sidecar, as far as they are not hidden. Verbs and literal segments are compared exactly, as the runtime does.</summary>
internal sealed class HttpRouter(ApiAccess access) : IHttpRoutes
{
    private readonly List<Route> _routes = [];

    public void Map(string verbs, string pattern, Func<HttpContext, IReadOnlyDictionary<string, string>, Task> handler)
    {
        if (!access.HasRoute(pattern))
            return;
        _routes.Add(new Route(verbs.Split('|'), new RoutePattern(pattern), handler));
        _routes.Sort((left, right) => right.Pattern.Literals.CompareTo(left.Pattern.Literals));
    }

    public HttpMatch? Find(string verb, RequestTarget target)
    {
        foreach (var route in _routes)
        {
            if (Array.IndexOf(route.Verbs, verb) >= 0 && route.Pattern.Match(target.Segments) is { } parameters)
                return new HttpMatch(route.Handler, parameters);
        }
        return null;
    }

    private sealed record Route(string[] Verbs, RoutePattern Pattern, Func<HttpContext, IReadOnlyDictionary<string, string>, Task> Handler);
}

internal readonly record struct HttpMatch(
    Func<HttpContext, IReadOnlyDictionary<string, string>, Task> Handler,
    IReadOnlyDictionary<string, string> Parameters);
