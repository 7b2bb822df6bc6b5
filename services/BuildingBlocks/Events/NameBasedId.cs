using System.Security.Cryptography;
using System.Text;

namespace CloudNative.BuildingBlocks.Events;

/// <summary>Name-based UUIDs (version 5, RFC 9562 section 5.5): the same names give the same id, in every process and for ever.</summary>
public static class NameBasedId
{
    // The namespace of this repository's ids, drawn once.
    private static readonly Guid Namespace = new("6f0f7a5e-3a52-4b8e-9d35-2d0b6a1c7e41");

    /// <summary>The id of these names together, in lower case with hyphens. No two lists of names read as one.</summary>
    public static string From(params ReadOnlySpan<string> names)
    {
        var text = new StringBuilder();
        foreach (var name in names)
            text.Append(name.Length).Append(':').Append(name);
        return From(Namespace, Encoding.UTF8.GetBytes(text.ToString())).ToString();
    }

    /// <summary>The plain version 5 UUID of a name in a namespace.</summary>
    public static Guid From(Guid space, ReadOnlySpan<byte> name)
    {
        var input = new byte[16 + name.Length];
        space.TryWriteBytes(input, bigEndian: true, out _);
        name.CopyTo(input.AsSpan(16));
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // SHA-1 is what RFC 9562 prescribes for version 5; nothing here relies on its strength.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
