using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace CloudNative.BuildingBlocks.State;

/// <summary>
/// The part of a state key that stands for an id: the id itself where every store and transport takes it as it is
/// (<c>[A-Za-z0-9._-]</c>, at most 128 long), else <c>~</c> and its SHA-256 in hex. Dapr refuses <c>||</c> in keys and DynamoDB
/// ends a key at 2,048 bytes. No plain id starts with <c>~</c>, so two ids never share a key.
/// </summary>
public static class StateKey
{
    private const int MaxPlainLength = 128;

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static string ForId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return IsPlain(id) ? id : $"~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";
    }

    private static bool IsPlain(string id) =>
        id.Length is > 0 and <= MaxPlainLength && !id.AsSpan().ContainsAnyExcept(PlainCharacters);
}
