using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>Ids that follow from what they identify: name-based UUIDs, version 5 (RFC 9562, section 5.5).</summary>
internal static class NameBasedId
{
    private static readonly Guid EntityVersions = new("6d1e9f0a-54c4-5b0e-9a55-0c8f6f2f9b11");

    /// <summary>The id of the event that brought the entity under <paramref name="key"/> to <paramref name="version"/>.</summary>
    public static Guid Of(string key, long version) =>
        Of(EntityVersions, string.Create(CultureInfo.InvariantCulture, $"{key}\n{version}"));

    public static Guid Of(Guid space, string name)
    {
        var text = Encoding.UTF8.GetBytes(name);
        var input = new byte[16 + text.Length];
        space.TryWriteBytes(input, bigEndian: true, out _);
        text.CopyTo(input, 16);
#pragma warning disable CA5350 // RFC 9562 defines version 5 over SHA-1; it names things, it protects nothing.
        var hash = SHA1.HashData(input);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
