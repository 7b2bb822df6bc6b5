using System.Buffers;
using System.Globalization;
using System.Text;

namespace CloudNative.Local.Json;

/// <summary>Strings as Go decodes and encodes them.</summary>
internal static class GoJsonText
{
    private static readonly byte[] PlainAscii = [.. Enumerable.Range(0x20, 0x60).Select(c => (byte)c).Where(c => c is not (byte)'"' and not (byte)'\\')];

    private static readonly SearchValues<byte> Plain = SearchValues.Create(PlainAscii);

    // 0xE2 begins U+2028 and U+2029, which are escaped, and much that is not.
    private static readonly SearchValues<byte> NeedsLook =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (byte)c), (byte)'"', (byte)'\\', (byte)'<', (byte)'>', (byte)'&', 0xE2]);

    /// <summary>Reads behind the opening quote, past the closing one.</summary>
    public static void Decode(ReadOnlySpan<byte> input, ref int at, ref ByteBuffer to)
    {
        while (true)
        {
            var run = input[at..].IndexOfAnyExcept(Plain);
            if (run < 0)
                throw new GoJsonException("unexpected EOF");
            to.Append(input.Slice(at, run));
            at += run;
            var c = input[at];
            if (c == '"')
            {
                at++;
                return;
            }
            if (c < 0x20)
                throw Unexpected(c, "in string literal");
            if (c == '\\')
                Escape(input, ref at, ref to);
            else
                at += Coerced(input[at..], ref to);
        }
    }

    /// <summary>Copies text, each byte that is no UTF-8 as U+FFFD.</summary>
    public static void Coerce(ReadOnlySpan<byte> text, ref ByteBuffer to)
    {
        while (!text.IsEmpty)
            text = text[Coerced(text, ref to)..];
    }

    /// <summary>Writes decoded text (valid UTF-8) with its quotes.</summary>
    public static void Encode(ReadOnlySpan<byte> text, ref ByteBuffer to)
    {
        to.Append((byte)'"');
        int run;
        while ((run = text.IndexOfAny(NeedsLook)) >= 0)
        {
            to.Append(text[..run]);
            text = text[run..];
            text = text[Escaped(text, ref to)..];
        }
        to.Append(text);
        to.Append((byte)'"');
    }

    public static GoJsonException Unexpected(byte c, string context) => new($"invalid character {Quoted(c)} {context}");

    private static int Escaped(ReadOnlySpan<byte> text, ref ByteBuffer to)
    {
        var c = text[0];
        if (c == 0xE2)
        {
            var isSeparator = text[1] == 0x80 && text[2] is 0xA8 or 0xA9;
            to.Append(!isSeparator ? text[..3] : text[2] == 0xA8 ? "\\u2028"u8 : "\\u2029"u8);
            return 3;
        }
        to.Append(c switch
        {
            (byte)'"' => "\\\""u8,
            (byte)'\\' => "\\\\"u8,
            (byte)'\b' => "\\b"u8,
            (byte)'\f' => "\\f"u8,
            (byte)'\n' => "\\n"u8,
            (byte)'\r' => "\\r"u8,
            (byte)'\t' => "\\t"u8,
            _ => Encoding.ASCII.GetBytes($"\\u{c:x4}"),
        });
        return 1;
    }

    private static void Escape(ReadOnlySpan<byte> input, ref int at, ref ByteBuffer to)
    {
        at++;
        if (at == input.Length)
            throw new GoJsonException("unexpected EOF");
        var c = input[at];
        if (c == 'u')
        {
            at++;
            EscapedRune(input, ref at, ref to);
            return;
        }
        to.Append(c switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' => c,
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            _ => throw Unexpected(c, "in string escape code"),
        });
        at++;
    }

    private static void EscapedRune(ReadOnlySpan<byte> input, ref int at, ref ByteBuffer to)
    {
        var unit = (char)HexUnit(input, at);
        at += 4;
        if (!Rune.TryCreate(unit, out var rune))
        {
            rune = Rune.ReplacementChar;
            // A low surrogate is taken only together with the high one in front of it.
            if (input[at..].StartsWith("\\u"u8) && Rune.TryCreate(unit, (char)HexUnit(input, at + 2), out var pair))
            {
                rune = pair;
                at += 6;
            }
        }
        Span<byte> utf8 = stackalloc byte[4];
        to.Append(utf8[..rune.EncodeToUtf8(utf8)]);
    }

    private static int HexUnit(ReadOnlySpan<byte> input, int start)
    {
        var unit = 0;
        for (var i = start; i < start + 4; i++)
        {
            if (i >= input.Length)
                throw new GoJsonException("unexpected EOF");
            if (!char.IsAsciiHexDigit((char)input[i]))
                throw Unexpected(input[i], "in \\u hexadecimal character escape");
            unit = (unit << 4) | int.Parse(input.Slice(i, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }
        return unit;
    }

    private static int Coerced(ReadOnlySpan<byte> text, ref ByteBuffer to)
    {
        if (Rune.DecodeFromUtf8(text, out _, out var length) == OperationStatus.Done)
        {
            to.Append(text[..length]);
            return length;
        }
        // Go replaces byte by byte, .NET the longest prefix of a character.
        to.Append("\uFFFD"u8);
        return 1;
    }

    private static string Quoted(byte c) => c switch
    {
        (byte)'\'' => "'\\''",
        (byte)'\\' => "'\\\\'",
        7 => "'\\a'",
        8 => "'\\b'",
        9 => "'\\t'",
        10 => "'\\n'",
        11 => "'\\v'",
        12 => "'\\f'",
        13 => "'\\r'",
        0xAD => "'\\u00ad'",
        < 0x20 or 0x7F => $"'\\x{c:x2}'",
        >= 0x80 and <= 0xA0 => $"'\\u{(int)c:x4}'",
        _ => $"'{(char)c}'",
    };
}
