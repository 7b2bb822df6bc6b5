using System.Buffers;

namespace CloudNative.Local.PubSub.CloudEvents;

/// <summary>
/// The W3C trace context that an event is published in: the request's, or empty where that has none that is valid.
/// </summary>
internal readonly record struct TraceContext(string Parent, string State)
{
    public static readonly TraceContext None = new("", "");

    private const int Length = 55;
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    public static TraceContext From(string? traceparent, string? tracestate) =>
        IsParent(traceparent) ? new TraceContext(traceparent!, tracestate ?? "") : None;

    /// <summary>version-traceid-spanid-flags in lower-case hex; ids of zeros name no trace.</summary>
    public static bool IsParent(string? value) =>
        value is { Length: Length }
        && value[2] == '-' && value[35] == '-' && value[52] == '-'
        && IsHex(value.AsSpan(0, 2)) && !value.StartsWith("ff", StringComparison.Ordinal)
        && IsId(value.AsSpan(3, 32)) && IsId(value.AsSpan(36, 16)) && IsHex(value.AsSpan(53, 2));

    private static bool IsId(ReadOnlySpan<char> value) => IsHex(value) && value.ContainsAnyExcept('0');

    private static bool IsHex(ReadOnlySpan<char> value) => !value.ContainsAnyExcept(Hex);
}
