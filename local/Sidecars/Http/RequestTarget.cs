using System.Text;

namespace CloudNative.Local.Sidecars.Http;

/// <summary>
/// A request target as it came over the wire. <paramref name="Segments"/> are the path's, still encoded, after the runtime's cleaning: doubled and
/// trailing slashes and dot segments are gone, an encoded slash stays inside its segment.
/// </summary>
internal sealed record RequestTarget(string Path, string Query, IReadOnlyList<string> Segments)
{
    public static RequestTarget Parse(string rawTarget)
    {
        var pathAndQuery = WithoutAuthority(rawTarget);
        var mark = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? pathAndQuery : pathAndQuery[..mark];
        return new RequestTarget(path, mark < 0 ? "" : pathAndQuery[(mark + 1)..], Clean(path));
    }

    /// <summary>False where a percent sign is not followed by two hexadecimal digits: the server then refuses the request as a whole.</summary>
    public bool IsWellFormed()
    {
        for (var at = Path.IndexOf('%', StringComparison.Ordinal); at >= 0; at = Path.IndexOf('%', at + 1))
        {
            if (at + 2 >= Path.Length || !char.IsAsciiHexDigit(Path[at + 1]) || !char.IsAsciiHexDigit(Path[at + 2]))
                return false;
        }
        return true;
    }

    /// <summary>Percent-decoded as UTF-8, a plus being a space; what is not an escape stays as it is.</summary>
    public static string Decode(string text)
    {
        if (text.AsSpan().IndexOfAny('%', '+') < 0)
            return text;
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%' && i + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[i + 1]) && char.IsAsciiHexDigit((char)bytes[i + 2]))
            {
                bytes[length++] = (byte)((HexValue(bytes[i + 1]) << 4) | HexValue(bytes[i + 2]));
                i += 2;
            }
            else
            {
                bytes[length++] = bytes[i] == '+' ? (byte)' ' : bytes[i];
            }
        }
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static int HexValue(int digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static string WithoutAuthority(string target)
    {
        if (target.StartsWith('/'))
            return target;
        var scheme = target.IndexOf("://", StringComparison.Ordinal);
        var slash = scheme < 0 ? -1 : target.IndexOf('/', scheme + 3);
        return slash < 0 ? "/" : target[slash..];
    }

    /// <summary>Without doubled and trailing slashes and dot segments.</summary>
    public static List<string> Clean(string path)
    {
        var segments = new List<string>(6);
        foreach (var range in path.AsSpan().Split('/'))
        {
            var segment = path[range];
            if (segment == "..")
            {
                if (segments.Count > 0)
                    segments.RemoveAt(segments.Count - 1);
            }
            else if (segment is not ("" or "."))
            {
                segments.Add(segment);
            }
        }
        return segments;
    }
}
