using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace CloudNative.AnalyticsBff;

/// <summary>Which event types are counted. The expression's time is linear in the type's length, whatever both are.</summary>
internal sealed class TypeFilter(IOptions<AnalyticsOptions> options)
{
    private readonly Regex pattern = Compile(options.Value.ByType);

    public bool Takes(string type) => pattern.IsMatch(type);

    public static bool IsPattern(string? text)
    {
        try
        {
            return text is { Length: > 0 } && Compile(text) is not null;
        }
        catch (Exception invalid) when (invalid is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static Regex Compile(string text) => new(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
