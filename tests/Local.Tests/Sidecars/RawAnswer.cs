using System.Globalization;
using System.Text;

namespace CloudNative.Local.Tests.Sidecars;

/// <summary>An HTTP/1.1 answer as read off the socket.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public static RawAnswer Parse(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = text[..end].Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : "", StringComparer.OrdinalIgnoreCase);
        return new RawAnswer(int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture), headers, text[(end + 4)..]);
    }
}
