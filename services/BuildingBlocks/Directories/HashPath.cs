using System.Security.Cryptography;
using System.Text;

namespace CloudNative.BuildingBlocks.Directories;

/// <summary>
/// Where an id stands in the directory: SHA-512 of its UTF-8 text, read as 256 base-4 digits. Positions are ordered by hash, then
/// id, whatever the shape of the trie.
/// </summary>
internal sealed class HashPath : IComparable<HashPath>
{
    public const int RootDigits = 2;

    private readonly byte[] _hash;

    private HashPath(byte[] hash, string id)
    {
        _hash = hash;
        Id = id;
    }

    public string Id { get; }

    public static HashPath Of(string id) => new(SHA512.HashData(Encoding.UTF8.GetBytes(id)), id);

    /// <summary>The node that comes after all of <paramref name="prefix"/>'s: last digit + 1 with carry, never above the root's two digits; null at the end.</summary>
    public static string? After(string prefix)
    {
        var kept = prefix.AsSpan().TrimEnd('3');
        return kept.IsEmpty ? null : $"{kept[..^1]}{(char)(kept[^1] + 1)}".PadRight(RootDigits, '0');
    }

    /// <summary>The first <paramref name="depth"/> digits: the node of that depth on the way to this position.</summary>
    public string Prefix(int depth) => string.Create(depth, _hash, static (digits, hash) =>
    {
        for (var i = 0; i < digits.Length; i++)
            digits[i] = (char)('0' + ((hash[i / 4] >> (6 - (2 * (i % 4)))) & 3));
    });

    public int CompareTo(HashPath? other)
    {
        if (other is null)
            return 1;
        var byHash = _hash.AsSpan().SequenceCompareTo(other._hash);
        return byHash != 0 ? byHash : string.CompareOrdinal(Id, other.Id);
    }

    /// <summary>Whether this position comes after <paramref name="other"/>; everything comes after none.</summary>
    public bool IsAfter(HashPath? other) => CompareTo(other) > 0;
}
