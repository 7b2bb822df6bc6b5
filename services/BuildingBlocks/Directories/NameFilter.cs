namespace CloudNative.BuildingBlocks.Directories;

/// <summary>A filter that names contain a text, ignoring case. The text is text: nothing in it is an operator.</summary>
internal static class NameFilter
{
    /// <summary>
    /// The form in which names are kept and compared: upper case, then lower, character by character, so that letters which share
    /// only one of the two cases (final sigma, the Kelvin sign) meet as well.
    /// </summary>
    public static string? Fold(string? text) => text?.ToUpperInvariant().ToLowerInvariant();

    public static bool Matches(string? foldedName, string? foldedFilter) =>
        string.IsNullOrEmpty(foldedFilter) || (foldedName?.Contains(foldedFilter, StringComparison.Ordinal) ?? false);
}
