using System.Buffers;
using System.Globalization;

namespace CloudNative.Local.PubSub.CloudEvents;

/// <summary>Durations as Go writes them, e.g. <c>1h30m</c>, <c>90s</c>, <c>1.5h</c>, <c>-2s</c>, and <c>0</c> without a unit.</summary>
internal static class GoDuration
{
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var negative = text is ['-', ..];
        var rest = text is ['-' or '+', ..] ? text[1..] : text;
        if (rest is "0")
            return true;

        var ticks = 0.0;
        while (!rest.IsEmpty)
        {
            if (!TryTakeTerm(ref rest, ref ticks))
                return false;
        }

        if (text.IsEmpty || ticks > TimeSpan.MaxValue.Ticks / 2.0 || (ticks == 0 && !text.ContainsAnyInRange('0', '9')))
            return false;

        duration = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        return true;
    }

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static bool TryTakeTerm(ref ReadOnlySpan<char> rest, ref double ticks)
    {
        var digits = rest.IndexOfAnyExcept(NumberCharacters);
        if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            return false;

        rest = rest[digits..];
        var letters = rest.IndexOfAny(NumberCharacters);
        var unit = letters < 0 ? rest : rest[..letters];
        rest = rest[unit.Length..];
        var length = UnitTicks(unit);
        ticks += amount * length;
        return length > 0;
    }

    private static double UnitTicks(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 0.01,
        "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        _ => 0,
    };
}
