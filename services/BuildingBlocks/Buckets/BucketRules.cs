using System.Buffers;

namespace CloudNative.BuildingBlocks.Buckets;

/// <summary>What the storage bindings do to bytes, names and missing objects.</summary>
internal static class BucketRules
{
    private static readonly SearchValues<byte> Base64 =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"u8);

    /// <summary>
    /// Whether every binding stores the bytes as they are: bindings.localstorage and bindings.aws.s3 unquote what reads as a quoted
    /// Go string, and bindings.localstorage decodes whatever happens to be base64. Refuses more than they touch, never less.
    /// </summary>
    public static bool IsStoredAsItIs(ReadOnlySpan<byte> content) =>
        content.IndexOfAnyExcept(Base64) >= 0 && !(content[0] is (byte)'"' or (byte)'`' or (byte)'\'' && content[0] == content[^1]);

    /// <summary>Bindings differ in how they clean a path, so only one that needs no cleaning is a name.</summary>
    public static bool IsName(string name) => name.Split('/').All(segment => segment is not ("" or "." or ".."));

    /// <summary>Whether the error text says that the object is not there; a missing bucket is trouble, not a missing object.</summary>
    public static bool SaysMissing(string error) =>
        error.Contains(": file not found: ", StringComparison.Ordinal)
        || error.EndsWith(": object not found", StringComparison.Ordinal)
        || error.EndsWith(": no such file or directory", StringComparison.Ordinal)
        || error.Contains("api error NoSuchKey", StringComparison.Ordinal)
        || error.Contains(": NoSuchKey:", StringComparison.Ordinal);
}
