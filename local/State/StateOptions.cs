using System.Globalization;
using CloudNative.Local.Resources;

namespace CloudNative.Local.State;

/// <summary>What the embedded stores read from an operation's options and metadata, with the texts of their refusals.</summary>
internal static class StateOptions
{
    public const string TtlKey = "ttlInSeconds";

    /// <summary>The consistency word is looked at first; both are case-sensitive.</summary>
    /// <exception cref="ComponentException">A word that is none.</exception>
    public static void CheckWords(StateOperation operation)
    {
        if (operation.Consistency is not (null or "" or "strong" or "eventual"))
            throw new ComponentException($"unrecognized consistency model '{operation.Consistency}'");
        if (operation.Concurrency is not (null or "" or "first-write" or "last-write"))
            throw new ComponentException($"unrecognized concurrency model '{operation.Concurrency}'");
    }

    /// <summary>An empty etag is none.</summary>
    public static string? EtagOf(StateOperation operation) => operation.Etag is { Length: > 0 } etag ? etag : null;

    public static bool IsInsertOnly(StateOperation operation) =>
        operation.Concurrency == "first-write" && EtagOf(operation) is null;

    /// <summary>The operation's ttlInSeconds as a number; null where there is none.</summary>
    /// <param name="parser">The name of the Go function whose error the store passes on.</param>
    /// <param name="context">What stands before that error.</param>
    /// <exception cref="ComponentException">Not an integer of 64 bits.</exception>
    public static long? TtlSeconds(StateOperation operation, string parser, string context)
    {
        if (!operation.Metadata.TryGetValue(TtlKey, out var text) || text.Length == 0)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
            return seconds;
        var digits = text[0] is '+' or '-' ? text[1..] : text;
        var reason = digits.Length > 0 && digits.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax";
        throw new ComponentException($"{context}{parser}: parsing \"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\": {reason}");
    }
}
