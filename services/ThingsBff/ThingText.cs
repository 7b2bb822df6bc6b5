using System.Buffers;
using System.Text;
using CloudNative.BuildingBlocks.Entities;

namespace CloudNative.ThingsBff;

/// <summary>What text may enter a thing: answers the reason of a refusal, or null when the text is fine.</summary>
internal static class ThingText
{
    /// <summary>Characters (code points) of an id, name or mutation id: what an event carries without a claim check.</summary>
    public const int MaxCharacters = EntityLimits.Characters;

    /// <summary>An id, which is an event's partition key too: short and not empty.</summary>
    public static string? RefuseKey(string field, string value) =>
        value.Length == 0 ? $"{field} must not be empty." : RefuseShort(field, value);

    /// <summary>At most <see cref="MaxCharacters"/> characters.</summary>
    public static string? RefuseShort(string field, string value) => Refuse(field, value, MaxCharacters);

    /// <summary>Of any length: the size of the whole event is the store's limit.</summary>
    public static string? RefuseAny(string field, string value) => Refuse(field, value, int.MaxValue);

    private static string? Refuse(string field, string value, int maxCharacters)
    {
        // A character takes two units at most, so what is far too long need not be read.
        if (value.Length > maxCharacters * 2L)
            return TooLong(field, maxCharacters);
        var characters = 0;
        for (var rest = value.AsSpan(); !rest.IsEmpty; characters++)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var units) != OperationStatus.Done)
                return $"{field} must be well-formed Unicode.";
            if (rune.Value == 0)
                return $"{field} must not contain a null character.";
            rest = rest[units..];
        }

        return characters > maxCharacters ? TooLong(field, maxCharacters) : null;
    }

    private static string TooLong(string field, int maxCharacters) => $"{field} must have at most {maxCharacters} characters.";
}
