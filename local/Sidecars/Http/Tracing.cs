using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace CloudNative.Local.Sidecars.Http;

/// <summary>What becomes of a W3C trace at each hop, by the sampling rate of the Configuration. Nothing is exported from here.</summary>
public sealed class Tracing
{
    /// <summary>What stands for no trace where tracing is not configured.</summary>
    public const string None = "00-00000000000000000000000000000000-0000000000000000-00";

    /// <summary>No rate at all: a caller's context goes on unchanged.</summary>
    public static readonly Tracing Unconfigured = new(null);

    private const double RateOfNonsense = 0.0001;
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    private readonly double? rate;

    private Tracing(double? rate) => this.rate = rate;

    /// <summary>Rate zero: no header of a trace goes anywhere.</summary>
    public bool IsOff => rate == 0;

    /// <param name="samplingRate">Null or empty: not configured. What is no number samples one in ten thousand.</param>
    public static Tracing Of(string? samplingRate) => string.IsNullOrEmpty(samplingRate)
        ? Unconfigured
        : new Tracing(double.TryParse(samplingRate, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) ? rate : RateOfNonsense);

    /// <summary>The traceparent of a hop, given that of what caused it: unchanged, or a new span of its trace, or of a new one. Null: none is sent.</summary>
    public string? Traceparent(string? cause)
    {
        var isTrace = IsTraceparent(cause);
        if (rate is not { } sampled)
            return isTrace ? cause : None;
        if (sampled == 0)
            return null;
        var (trace, flags) = isTrace && cause![3..35].AsSpan().ContainsAnyExcept('0')
            ? (cause[3..35], cause[53..])
            : (RandomNumberGenerator.GetHexString(32, lowercase: true), IsSampled(sampled) ? "01" : "00");
        return $"00-{trace}-{RandomNumberGenerator.GetHexString(16, lowercase: true)}-{flags}";
    }

    private static bool IsSampled(double rate) => RandomNumberGenerator.GetInt32(int.MaxValue) < rate * int.MaxValue;

    private static bool IsTraceparent(string? text) =>
        text is { Length: 55 } && text[2] == '-' && text[35] == '-' && text[52] == '-'
        && IsHex(text.AsSpan(0, 2)) && IsHex(text.AsSpan(3, 32)) && IsHex(text.AsSpan(36, 16)) && IsHex(text.AsSpan(53, 2));

    private static bool IsHex(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(Hex) < 0;
}
