namespace CloudNative.Local.Sidecars.Http;

/// <summary>A pattern such as <c>/v1.0/state/{store}/{key}</c>; a last <c>{rest...}</c> takes one segment or more.</summary>
internal sealed class RoutePattern
{
    private readonly string[] _segments;
    private readonly bool _takesRest;

    public RoutePattern(string pattern)
    {
        _segments = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        _takesRest = _segments[^1].EndsWith("...}", StringComparison.Ordinal);
    }

    /// <summary>Of two patterns that match, the one with more literal segments is meant.</summary>
    public int Literals => _segments.Count(segment => segment[0] != '{');

    /// <summary>The decoded parameters, or null where the pattern does not match.</summary>
    public Dictionary<string, string>? Match(IReadOnlyList<string> path)
    {
        if (_takesRest ? path.Count < _segments.Length : path.Count != _segments.Length)
            return null;
        for (var i = 0; i < _segments.Length; i++)
        {
            if (_segments[i][0] != '{' && !string.Equals(_segments[i], path[i], StringComparison.Ordinal))
                return null;
        }
        return Parameters(path);
    }

    private Dictionary<string, string> Parameters(IReadOnlyList<string> path)
    {
        var parameters = new Dictionary<string, string>(2, StringComparer.Ordinal);
        for (var i = 0; i < _segments.Length; i++)
        {
            var segment = _segments[i];
            if (segment[0] != '{')
                continue;
            if (_takesRest && i == _segments.Length - 1)
                parameters[segment[1..^4]] = string.Join('/', path.Skip(i).Select(RequestTarget.Decode));
            else
                parameters[segment[1..^1]] = RequestTarget.Decode(path[i]);
        }
        return parameters;
    }
}
