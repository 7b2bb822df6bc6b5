using System.Buffers.Text;
using System.Globalization;

namespace CloudNative.Local.Json;

/// <summary>Numbers as Go's scanner takes them and its encoder writes a float64.</summary>
internal static class GoJsonNumber
{
    // Every integer of so few digits is a double exactly, and its shortest form is its own text.
    private const int ExactDigits = 15;

    /// <exception cref="GoJsonException">What starts at <paramref name="start"/> is no number.</exception>
    public static int Length(ReadOnlySpan<byte> input, int start)
    {
        var at = start;
        if (input[at] == '-')
            at++;
        if (at < input.Length && input[at] == '0')
            at++;
        else
            Digits(input, ref at, "in numeric literal");
        if (at < input.Length && input[at] == '.')
        {
            at++;
            Digits(input, ref at, "after decimal point in numeric literal");
        }
        if (at < input.Length && input[at] is (byte)'e' or (byte)'E')
        {
            at++;
            if (at < input.Length && input[at] is (byte)'+' or (byte)'-')
                at++;
            Digits(input, ref at, "in exponent of numeric literal");
        }
        return at - start;
    }

    /// <summary>True where the text is surely what the encoder writes; false only means that it has to be converted.</summary>
    public static bool IsShortest(ReadOnlySpan<byte> text) =>
        text.Length <= ExactDigits && text.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;

    /// <summary>False where the number is beyond a double.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> text, ref ByteBuffer output)
    {
        if (!Utf8Parser.TryParse(text, out double value, out _) || !double.IsFinite(value))
            return false;
        Span<byte> scientific = stackalloc byte[32];
        // "E16" would print digits that the shortest form does not have; "R" has them all, in one of two layouts.
        value.TryFormat(scientific, out var written, "R", CultureInfo.InvariantCulture);
        Span<byte> digits = stackalloc byte[32];
        var (count, exponent, negative) = Dissect(scientific[..written], digits);
        if (negative)
            output.Append((byte)'-');
        var magnitude = Math.Abs(value);
        if (magnitude != 0 && magnitude is < 1e-6 or >= 1e21)
            WriteScientific(digits[..count], exponent, ref output);
        else
            WritePlain(digits[..count], exponent, ref output);
        return true;
    }

    /// <summary>The significant digits and the power of ten of the first of them.</summary>
    private static (int Count, int Exponent, bool Negative) Dissect(ReadOnlySpan<byte> text, Span<byte> digits)
    {
        var negative = text[0] == '-';
        if (negative)
            text = text[1..];
        var e = text.IndexOf((byte)'E');
        var mantissa = e < 0 ? text : text[..e];
        var exponent = e < 0 ? 0 : int.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf((byte)'.');
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        var count = 0;
        foreach (var c in mantissa)
        {
            if (c == '.')
                continue;
            if (count == 0 && c == '0')
                exponent--;
            else
                digits[count++] = c;
        }
        while (count > 1 && digits[count - 1] == '0')
            count--;
        if (count > 0)
            return (count, exponent, negative);
        digits[0] = (byte)'0';
        return (1, 0, negative);
    }

    private static void WriteScientific(ReadOnlySpan<byte> digits, int exponent, ref ByteBuffer output)
    {
        output.Append(digits[0]);
        if (digits.Length > 1)
        {
            output.Append((byte)'.');
            output.Append(digits[1..]);
        }
        output.Append((byte)'e');
        output.Append((byte)(exponent < 0 ? '-' : '+'));
        Span<byte> power = stackalloc byte[8];
        Math.Abs(exponent).TryFormat(power, out var written, default, CultureInfo.InvariantCulture);
        output.Append(power[..written]);
    }

    private static void WritePlain(ReadOnlySpan<byte> digits, int exponent, ref ByteBuffer output)
    {
        if (exponent < 0)
        {
            output.Append("0."u8);
            Zeros(-exponent - 1, ref output);
            output.Append(digits);
            return;
        }
        var whole = Math.Min(digits.Length, exponent + 1);
        output.Append(digits[..whole]);
        Zeros(exponent + 1 - whole, ref output);
        if (whole == digits.Length)
            return;
        output.Append((byte)'.');
        output.Append(digits[whole..]);
    }

    private static void Zeros(int count, ref ByteBuffer output)
    {
        for (var i = 0; i < count; i++)
            output.Append((byte)'0');
    }

    private static void Digits(ReadOnlySpan<byte> input, ref int at, string context)
    {
        var start = at;
        while (at < input.Length && char.IsAsciiDigit((char)input[at]))
            at++;
        if (at > start)
            return;
        throw at == input.Length ? new GoJsonException("unexpected EOF") : GoJsonText.Unexpected(input[at], context);
    }
}
