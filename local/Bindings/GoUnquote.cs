using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace CloudNative.Local.Bindings;

/// <summary>What bindings.localstorage does to its data: Go's strconv.Unquote where it succeeds, then base64 where it succeeds.</summary>
internal static class GoUnquote
{
    public static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> data)
    {
        var unquoted = Unquote(data.Span) is { } text ? text : data;
        return Base64Decoded(unquoted.Span) is { } decoded ? decoded : unquoted;
    }

    /// <summary>Null where the text is no Go literal of a string or a character.</summary>
    public static byte[]? Unquote(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] != text[^1])
            return null;
        var inside = text[1..^1];
        return text[0] switch
        {
            (byte)'`' => inside.Contains((byte)'`') ? null : [.. inside.ToArray().Where(c => c != '\r')],
            (byte)'"' => Interpreted(inside, '"'),
            (byte)'\'' => Interpreted(inside, '\'') is { } rune && IsOneRune(rune) ? rune : null,
            _ => null,
        };
    }

    /// <summary>Null where it is no base64 as Go reads it: line breaks are skipped, padding is required.</summary>
    private static byte[]? Base64Decoded(ReadOnlySpan<byte> text)
    {
        // .NET also skips blanks, Go does not.
        if (text.ContainsAny((byte)' ', (byte)'\t'))
            return null;
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, decoded, out _, out var length) == OperationStatus.Done ? decoded[..length] : null;
    }

    private static bool IsOneRune(byte[] utf8) =>
        Rune.DecodeFromUtf8(utf8, out _, out var length) == OperationStatus.Done && length == utf8.Length;

    private static byte[]? Interpreted(ReadOnlySpan<byte> inside, char quote)
    {
        var output = new ArrayBufferWriter<byte>(inside.Length + 4);
        while (!inside.IsEmpty)
        {
            if (inside[0] == quote || inside[0] == '\n')
                return null;
            var taken = inside[0] == '\\' ? Escape(inside[1..], quote, output) : Literal(inside, output);
            if (taken == 0)
                return null;
            inside = inside[taken..];
        }
        return output.WrittenSpan.ToArray();
    }

    private static int Literal(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> output)
    {
        if (Rune.DecodeFromUtf8(text, out _, out var length) == OperationStatus.Done)
        {
            output.Write(text[..length]);
            return length;
        }
        output.Write("\uFFFD"u8);
        return 1;
    }

    /// <returns>Bytes taken, the backslash included; 0 where it is no escape.</returns>
    private static int Escape(ReadOnlySpan<byte> rest, char quote, ArrayBufferWriter<byte> output)
    {
        if (rest.IsEmpty)
            return 0;
        return (char)rest[0] switch
        {
            'a' => Single(7, output),
            'b' => Single((byte)'\b', output),
            'f' => Single((byte)'\f', output),
            'n' => Single((byte)'\n', output),
            'r' => Single((byte)'\r', output),
            't' => Single((byte)'\t', output),
            'v' => Single((byte)'\v', output),
            '\\' => Single((byte)'\\', output),
            '"' or '\'' when rest[0] == quote => Single(rest[0], output),
            'x' => Number(rest[1..], 2, 16, isByte: true, output) is > 0 and var taken ? taken + 2 : 0,
            'u' => Number(rest[1..], 4, 16, isByte: false, output) is > 0 and var taken ? taken + 2 : 0,
            'U' => Number(rest[1..], 8, 16, isByte: false, output) is > 0 and var taken ? taken + 2 : 0,
            >= '0' and <= '7' => Number(rest, 3, 8, isByte: true, output) is > 0 and var taken ? taken + 1 : 0,
            _ => 0,
        };
    }

    private static int Single(byte value, ArrayBufferWriter<byte> output)
    {
        output.Write([value]);
        return 2;
    }

    private static int Number(ReadOnlySpan<byte> text, int digits, int radix, bool isByte, ArrayBufferWriter<byte> output)
    {
        if (text.Length < digits)
            return 0;
        uint value = 0;
        foreach (var c in text[..digits])
        {
            if (!char.IsAsciiHexDigit((char)c) || (radix == 8 && c > '7'))
                return 0;
            value = (value * (uint)radix) + uint.Parse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }
        if (isByte)
        {
            output.Write([(byte)value]);
            return value <= byte.MaxValue ? digits : 0;
        }
        if (!Rune.TryCreate(value, out var rune))
            return 0;
        Span<byte> utf8 = stackalloc byte[4];
        output.Write(utf8[..rune.EncodeToUtf8(utf8)]);
        return digits;
    }
}
