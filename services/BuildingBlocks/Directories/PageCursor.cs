using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CloudNative.BuildingBlocks.Directories;

/// <summary>
/// A position in a filtered list: base64url of version, hash of the filter, id of the last item, and an HMAC over them. The id
/// need not exist any more. Nothing but the server that issued a cursor can make one.
/// </summary>
public static class PageCursor
{
    private const byte Version = 1;
    private const int FilterBytes = 16;
    private const int SignatureBytes = 16;
    private const int HeadBytes = 1 + FilterBytes;

    // An id has at most 256 characters of at most 4 bytes.
    private const int MaxLength = 2048;

    public static string Write(string id, string? foldedFilter, ReadOnlySpan<byte> key)
    {
        var idBytes = Encoding.UTF8.GetBytes(id);
        var bytes = new byte[HeadBytes + idBytes.Length + SignatureBytes];
        bytes[0] = Version;
        FilterHash(foldedFilter).CopyTo(bytes.AsSpan(1));
        idBytes.CopyTo(bytes.AsSpan(HeadBytes));
        Signature(bytes.AsSpan(..^SignatureBytes), key).CopyTo(bytes.AsSpan(^SignatureBytes..));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The id of the last item, or null where the cursor is foreign, forged or belongs to another filter.</summary>
    public static string? Read(string cursor, string? foldedFilter, ReadOnlySpan<byte> key)
    {
        if (cursor.Length > MaxLength || !Base64Url.IsValid(cursor, out var length) || length <= HeadBytes + SignatureBytes)
            return null;
        var bytes = Base64Url.DecodeFromChars(cursor);
        var signed = bytes.AsSpan(..^SignatureBytes);
        if (!CryptographicOperations.FixedTimeEquals(Signature(signed, key), bytes.AsSpan(^SignatureBytes..)))
            return null;
        return signed[0] == Version && signed[1..HeadBytes].SequenceEqual(FilterHash(foldedFilter))
            ? Encoding.UTF8.GetString(signed[HeadBytes..])
            : null;
    }

    private static ReadOnlySpan<byte> FilterHash(string? foldedFilter) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(foldedFilter ?? string.Empty)).AsSpan(..FilterBytes);

    private static ReadOnlySpan<byte> Signature(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> key) =>
        HMACSHA256.HashData(key, signed).AsSpan(..SignatureBytes);
}
