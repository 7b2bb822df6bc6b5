using System.Diagnostics.CodeAnalysis;
using ICU4N.Text;

namespace CloudNative.SearchBff;

/// <summary>
/// Text in composed form (NFC). An analyzer folds é to e, but not e with a combining accent, so documents and queries are composed first.
/// The framework's own normalization does nothing where globalization is invariant, as it is here.
/// </summary>
internal static class Unicode
{
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Composed(string? text) =>
        text is null || System.Text.Ascii.IsValid(text) ? text : Normalizer2.NFCInstance.Normalize(text);
}
