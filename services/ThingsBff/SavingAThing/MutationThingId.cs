using System.Security.Cryptography;
using System.Text;

namespace CloudNative.ThingsBff.SavingAThing;

/// <summary>The id of a thing that was saved without one, under a client mutation id: a name-based UUID (RFC 9562, version 8, SHA-256).</summary>
internal static class MutationThingId
{
    public static Guid From(string clientMutationId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes("saveThing:" + clientMutationId), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
