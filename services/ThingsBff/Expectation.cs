using System.Globalization;
using CloudNative.BuildingBlocks.Entities;

namespace CloudNative.ThingsBff;

/// <summary>The version a client expects a thing to have: null for any, 0 for "does not exist now".</summary>
internal static class Expectation
{
    public static string? Refuse(int? expectedVersion) =>
        expectedVersion < 0 ? "expectedVersion must be 0 or more." : null;

    /// <summary>The reason why the expectation does not hold, or null.</summary>
    public static string? Conflict(int? expectedVersion, Versioned<Thing>? current)
    {
        var actual = current?.Version ?? 0;
        if (expectedVersion is not { } expected || expected == actual)
            return null;
        return actual == 0
            ? $"Version {expected} was expected, but the thing does not exist."
            : $"Version {expected} was expected, but the thing is at version {actual}.";
    }

    public static string? Text(int? expectedVersion) => expectedVersion?.ToString(CultureInfo.InvariantCulture);
}
