using CloudNative.Local.Resources;

namespace CloudNative.Local.Bindings;

/// <summary>A binding's refusal of one call that still tells something about it, such as the headers of an upstream's answer.</summary>
public sealed class BindingException(string message, IReadOnlyDictionary<string, string> metadata, Exception? innerException = null)
    : ComponentException(message, innerException)
{
    /// <summary>Answered as headers, each name behind <c>metadata.</c></summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata;
}
