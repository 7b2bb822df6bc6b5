using System.Buffers;
using Microsoft.Extensions.Primitives;

namespace CloudNative.Local.Sidecars.Http;

/// <summary>W3C trace context of a runtime without tracing: the caller's goes on unchanged, and where there is none it is all zeros.</summary>
internal static class TraceContext
{
    public const string None = "00-00000000000000000000000000000000-0000000000000000-00";

    public static string Traceparent(IHeaderDictionary headers)
    {
        var sent = headers["traceparent"];
        return sent.Count == 1 && IsTraceparent(sent[0]) ? sent[0]! : None;
    }

    /// <summary>Puts the caller's context, or zeros, on an answer.</summary>
    public static void CopyTo(IHeaderDictionary answer, IHeaderDictionary request)
    {
        answer["traceparent"] = Traceparent(request);
        Copy("tracestate", answer, request);
        Copy("baggage", answer, request);
    }

    private static void Copy(string name, IHeaderDictionary answer, IHeaderDictionary request)
    {
        if (request.TryGetValue(name, out var value) && !StringValues.IsNullOrEmpty(value))
            answer[name] = value;
    }

    private static bool IsTraceparent(string? text) =>
        text is { Length: 55 } && text[2] == '-' && text[35] == '-' && text[52] == '-'
        && IsHex(text.AsSpan(0, 2)) && IsHex(text.AsSpan(3, 32)) && IsHex(text.AsSpan(36, 16)) && IsHex(text.AsSpan(53, 2));

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private static bool IsHex(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(HexDigits) < 0;
}
