namespace CloudNative.ThingsBff;

/// <summary>What text may enter a thing: answers the reason of a refusal, or null when the text is fine.</summary>
internal static class ThingText
{
    /// <summary>An id, an event's partition key too: not empty, at most <see cref="Thing.MaxTextLength"/> characters.</summary>
    public static string? RefuseKey(string field, string value) =>
        value.Length == 0 ? $"{field} must not be empty." : RefuseShort(field, value);

    /// <summary>At most <see cref="Thing.MaxTextLength"/> characters.</summary>
    public static string? RefuseShort(string field, string value) =>
        value.Length > Thing.MaxTextLength
            ? $"{field} must have at most {Thing.MaxTextLength} characters; it has {value.Length}."
            : RefuseAny(field, value);

    /// <summary>Of any length: the size of the whole event is the store's limit.</summary>
    public static string? RefuseAny(string field, string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
            return $"{field} must not contain a null character.";
        return IsWellFormed(value) ? null : $"{field} must be well-formed Unicode; it has an unpaired surrogate.";
    }

    private static bool IsWellFormed(string value)
    {
        for (var index = 0; index < value.Length; index++)
        {
            if (!char.IsSurrogate(value[index]))
                continue;
            if (index + 1 == value.Length || !char.IsSurrogatePair(value[index], value[index + 1]))
                return false;
            index++;
        }

        return true;
    }
}
