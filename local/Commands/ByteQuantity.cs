using System.Globalization;

namespace CloudNative.Local.Commands;

/// <summary>Quantities of bytes as daprd takes them: <c>4Mi</c>, <c>16Ki</c>, <c>4194304</c>.</summary>
internal static class ByteQuantity
{
    /// <exception cref="SidecarFlagException">It is no quantity.</exception>
    public static int Parse(string flag, string? text, int otherwise)
    {
        if (text is null)
            return otherwise;
        var digits = text.TrimEnd('B', 'i', 'K', 'M', 'G', 'k');
        long? unit = text[digits.Length..].TrimEnd('B') switch
        {
            "" => 1,
            "k" or "K" => 1_000,
            "Ki" => 1 << 10,
            "M" => 1_000_000,
            "Mi" => 1 << 20,
            "G" => 1_000_000_000,
            "Gi" => 1 << 30,
            _ => null,
        };
        return unit is { } bytes && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (int)Math.Min(int.MaxValue, number * bytes)
            : throw new SidecarFlagException($"{flag} {text}: write a number with Ki, Mi or Gi");
    }
}
