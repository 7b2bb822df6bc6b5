using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CloudNative.Local.Resources;

/// <summary>Reads nodes the way daprd's parser does: YAML 1.1, where a bare <c>y</c>, <c>no</c> or <c>on</c> is a boolean.</summary>
public static class YamlValues
{
    private static readonly HashSet<string> TrueWords = ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"];
    private static readonly HashSet<string> FalseWords = ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"];
    private static readonly HashSet<string> NullWords = ["", "~", "null", "Null", "NULL"];

    /// <summary>The member, null where it is missing.</summary>
    public static YamlNode? Member(this YamlNode? node, string name) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null;

    public static IEnumerable<YamlNode> Items(this YamlNode? node) => node is YamlSequenceNode sequence ? sequence.Children : [];

    public static IReadOnlyList<string> Texts(this YamlNode? node) => [.. node.Items().Select(item => item.Text() ?? "")];

    /// <summary>The scalar as text: booleans as true or false, numbers as JSON has them. Null for a null, and for what is no scalar.</summary>
    public static string? Text(this YamlNode? node)
    {
        if (node is not YamlScalarNode { Value: { } text } scalar)
            return null;
        if (scalar.Style != ScalarStyle.Plain)
            return text;
        if (NullWords.Contains(text))
            return null;
        if (TrueWords.Contains(text))
            return "true";
        return FalseWords.Contains(text) ? "false" : Number(text) ?? text;
    }

    public static bool Flag(this YamlNode? node) => node.Text() == "true";

    private static string? Number(string text)
    {
        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('-' or '+' or '.'))
            return null;
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        if (Integer(digits) is { } integer)
            return integer.ToString(CultureInfo.InvariantCulture);
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal)
            : null;
    }

    private static long? Integer(string digits)
    {
        if (digits.StartsWith("0x", StringComparison.Ordinal))
            return long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        if (digits.Length > 1 && digits[0] == '0' && digits.All(digit => digit is >= '0' and <= '7'))
            return Convert.ToInt64(digits, 8);
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? integer : null;
    }
}
