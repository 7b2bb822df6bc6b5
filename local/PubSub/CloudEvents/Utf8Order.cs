
namespace CloudNative.Local.PubSub.CloudEvents;

/// <summary>The order of Go's sorted map keys: by UTF-8 bytes, which for characters beyond the basic plane is not the order of UTF-16 units.</summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Instance = new();

    public int Compare(string? x, string? y)
    {
        var left = x.AsSpan();
        var right = y.AsSpan();
        var same = left.CommonPrefixLength(right);
        left = left[same..];
        right = right[same..];
        if (left.IsEmpty || right.IsEmpty)
            return left.Length - right.Length;

        var (a, b) = (left[0], right[0]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a - b : char.IsSurrogate(a) ? 1 : -1;
    }
}
