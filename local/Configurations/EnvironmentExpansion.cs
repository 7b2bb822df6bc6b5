using System.Text;

namespace CloudNative.Local.Configurations;

/// <summary>Puts environment variables into a text as Go does: <c>$NAME</c> and <c>${NAME}</c>, empty where one is not set. There is no way to keep a dollar before a name.</summary>
internal static class EnvironmentExpansion
{
    private const string OneCharacterNames = "*#$@!?-0123456789";

    public static string Expand(string text, Func<string, string?> environment)
    {
        var expanded = new StringBuilder(text.Length);
        var at = 0;
        for (var dollar = text.IndexOf('$', StringComparison.Ordinal); dollar >= 0 && dollar + 1 < text.Length; dollar = text.IndexOf('$', at))
        {
            expanded.Append(text, at, dollar - at);
            var (name, length) = Name(text.AsSpan(dollar + 1));
            if (name.Length > 0)
                expanded.Append(environment(name));
            else if (length == 0)
                expanded.Append('$');
            at = dollar + 1 + length;
        }
        return expanded.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>The name behind a dollar and how much of the text it takes; broken syntax takes some and names nothing.</summary>
    private static (string Name, int Length) Name(ReadOnlySpan<char> text)
    {
        if (text[0] == '{')
            return Braced(text);
        if (OneCharacterNames.Contains(text[0], StringComparison.Ordinal))
            return (text[..1].ToString(), 1);
        var length = 0;
        while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] == '_'))
            length++;
        return (text[..length].ToString(), length);
    }

    private static (string Name, int Length) Braced(ReadOnlySpan<char> text)
    {
        var end = text.IndexOf('}');
        return end switch
        {
            < 0 => ("", 1),
            1 => ("", 2),
            _ => (text[1..end].ToString(), end + 1),
        };
    }
}
