using System.Security.Cryptography;
using System.Text;

namespace CloudNative.AnalyticsBff;

/// <summary>
/// The name under which a type's count stands beside <c>userId</c>, <c>yearmonth</c> and <c>total</c>: the type itself, or a name that begins
/// with <c>~</c> where the type is one of those words, begins with <c>~</c> itself, or is long. Two types never share a name.
/// </summary>
internal static class ColumnName
{
    /// <summary>Where counts go beyond the most types a counter is broken down by.</summary>
    public const string Other = "~other";

    /// <summary>Characters; a counter with many types should stay far below the 400 KB of the smallest store's item.</summary>
    public const int MaxLength = 128;

    public static string Of(string type)
    {
        if (type.Length > MaxLength)
            return $"~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(type)))}";
        return type is "userId" or "yearmonth" or "total" || type.StartsWith('~') ? $"~{type}" : type;
    }
}
