using System.Text;

namespace CloudNative.Local.Bindings;

/// <summary>The address of one call as Go writes it: text that is escaped well stays, other text is decoded and escaped anew.</summary>
internal static class UpstreamUrl
{
    private const string AllowedInPath = "-._~!$&'()*+,;=:@[]/%";

    /// <exception cref="UriFormatException">It is no absolute http address.</exception>
    public static Uri Join(string url, string path)
    {
        var joined = path.Length == 0 ? url : url.TrimEnd('/') + "/" + path.TrimStart('/');
        return Parse(joined);
    }

    public static Uri Parse(string text)
    {
        var fragment = text.IndexOf('#', StringComparison.Ordinal);
        if (fragment >= 0)
            text = text[..fragment];
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : text[question..];
        var address = question < 0 ? text : text[..question];
        var authority = address.IndexOf("://", StringComparison.Ordinal);
        var slash = authority < 0 ? -1 : address.IndexOf('/', authority + 3);
        var path = slash < 0 ? "/" : EscapedPath(address[slash..]);
        var origin = slash < 0 ? address : address[..slash];
        // Dot segments and doubled slashes go out as they are: .NET would clean them.
        var uri = new Uri(origin + path + query.Replace(" ", "%20", StringComparison.Ordinal), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        return uri.Scheme is "http" or "https" ? uri : throw new UriFormatException("Only http and https are served.");
    }

    private static string EscapedPath(string path)
    {
        if (path.All(c => char.IsAsciiLetterOrDigit(c) || AllowedInPath.Contains(c, StringComparison.Ordinal)))
            return path;
        var escaped = new StringBuilder(path.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(Uri.UnescapeDataString(path)))
        {
            var c = (char)b;
            // As encodePath: of what is allowed in a path, these are escaped all the same when written anew.
            if (char.IsAsciiLetterOrDigit(c) || "-._~$&+,/:;=@".Contains(c, StringComparison.Ordinal))
                escaped.Append(c);
            else
                escaped.Append('%').Append(b.ToString("X2", null));
        }
        return escaped.ToString();
    }
}
