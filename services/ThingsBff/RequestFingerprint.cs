using System.Security.Cryptography;
using System.Text;

namespace CloudNative.ThingsBff;

/// <summary>A short text equal exactly for equal requests: what a mutation id is bound to.</summary>
internal static class RequestFingerprint
{
    /// <summary>Null and empty differ, and no part can run into its neighbour: each is written with its length.</summary>
    public static string Of(params ReadOnlySpan<string?> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
            text.Append(part is null ? -1 : part.Length).Append(':').Append(part);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
