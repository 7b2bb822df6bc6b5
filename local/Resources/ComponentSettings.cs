using System.Globalization;
using CloudNative.Local.PubSub.CloudEvents;

namespace CloudNative.Local.Resources;

/// <summary>Typed reading of a component's metadata; a value that cannot be read is told with its key and what to write instead.</summary>
internal sealed class ComponentSettings(Component component)
{
    /// <summary>Null where the key is absent or its value empty.</summary>
    public string? Optional(string key) =>
        component.Metadata.TryGetValue(key, out var value) && value.Length > 0 ? value : null;

    /// <param name="example">A value that would do, for the message.</param>
    /// <exception cref="ComponentInitException">Absent or empty.</exception>
    public string Required(string key, string example) =>
        Optional(key) ?? throw Refused(key, $"property {key} must not be empty", $"write for example '{example}'");

    /// <summary>True for the words that daprd takes as yes, false for every other.</summary>
    public bool Flag(string key, bool otherwise) => Optional(key) is { } word ? IsTruthy(word) : otherwise;

    public static bool IsTruthy(string word) => word.Trim().ToUpperInvariant() is "Y" or "YES" or "TRUE" or "T" or "ON" or "1";

    /// <summary>A duration as Go writes it; a plain number counts nanoseconds, as in Go.</summary>
    /// <exception cref="ComponentInitException">Neither.</exception>
    public TimeSpan Duration(string key, TimeSpan otherwise)
    {
        if (Optional(key) is not { } text)
            return otherwise;
        if (GoDuration.TryParse(text, out var duration))
            return duration;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nanoseconds))
            return TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        throw Refused(key, $"invalid duration \"{text}\"", "write a number with its unit, for example '20s'");
    }

    public ComponentInitException Refused(string key, string reason, string remedy, Exception? cause = null) =>
        new($"metadata '{key}' of {component.Type}: {reason}; {remedy}", cause);
}
