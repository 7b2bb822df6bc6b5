using System.Buffers;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.SearchBff;

/// <summary>
/// What stands for a thing's id in state keys, object names, addresses and the index: the id itself where all of them take it as it is,
/// else a hash.
/// </summary>
internal static class ThingKey
{
    private const int MaxLength = 128;
    private static readonly SearchValues<char> Characters = SearchValues.Create("~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    // Folders have the two names . and .. for themselves.
    public static string Of(string id) => id is "." or ".." ? $"~{id}" : StateKey.ForId(id);

    /// <summary>The name of the thing's object in the bucket.</summary>
    public static string ObjectName(string key) => $"things/{key}";

    /// <summary>Whether a text from outside can be a key at all.</summary>
    public static bool IsKey(string text) =>
        text.Length is > 0 and <= MaxLength && text is not ("." or "..") && !text.AsSpan().ContainsAnyExcept(Characters);
}
