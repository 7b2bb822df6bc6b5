using System.Text;
using CloudNative.Local.Json;

namespace CloudNative.Local.Tests.Json;

public sealed class GoJsonReserializing
{
    [Theory]
    [InlineData("""{ "z": 1, "a" : [ ], "m":{ } }""", """{"a":[],"m":{},"z":1}""")]
    [InlineData("""{"b":{"d":1,"c":2},"a":[{"y":1,"x":[3, 4]}]}""", """{"a":[{"x":[3,4],"y":1}],"b":{"c":2,"d":1}}""")]
    [InlineData("""{"a":1,"b":2,"a":{"c":3}}""", """{"a":{"c":3},"b":2}""")]
    [InlineData("""{"a":1,"\u0061":2}""", """{"a":2}""")]
    [InlineData("""{"aa":1,"a":2,"A":3,"":4}""", """{"":4,"A":3,"a":2,"aa":1}""")]
    [InlineData("""{"[":1,"<":2}""", """{"\u003c":2,"[":1}""")]
    [InlineData("""{"\uD83D\uDE00":1,"\uFFEE":2}""", """{"￮":2,"😀":1}""")]
    public void members_are_sorted_by_the_bytes_of_their_names_and_the_last_wins(string text, string expected) =>
        Reserialized(text).ShouldBe(expected);

    [Theory]
    [InlineData("""  "<a&b>é\u2028\u2029"  """, """ "\u003ca\u0026b\u003eé\u2028\u2029" """)]
    [InlineData("""  "a\/b\u00e9\u0041"  """, """ "a/béA" """)]
    [InlineData("""  "\b\f\n\r\t\"\\\u0001\u001f\u2027"  """, """ "\b\f\n\r\t\"\\\u0001\u001f‧" """)]
    [InlineData("""  "\ud800x\udc00\ud83d\ude00\ud83d\u0041"  """, """ "�x�😀�A" """)]
    [InlineData("""  "\ud83d\ud83d\ude00"  """, """ "�😀" """)]
    public void strings_are_decoded_and_escaped_anew(string text, string expected) =>
        Reserialized(text).ShouldBe(expected.Trim());

    [Fact]
    public void bytes_that_are_no_utf8_become_one_replacement_character_each()
    {
        byte[] text = [(byte)'"', 0xE2, 0x82, (byte)'a', 0xFF, 0xC3, 0xA9, 0xED, 0xA0, 0x80, (byte)'"'];

        Encoding.UTF8.GetString(GoJson.Reserialize(text, GoNumbers.Float64)).ShouldBe("\"\uFFFD\uFFFDa\uFFFDé\uFFFD\uFFFD\uFFFD\"");
    }

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("1e21", "1e+21")]
    [InlineData("1e20", "100000000000000000000")]
    [InlineData("100000000000000000000", "100000000000000000000")]
    [InlineData("12345678901234567890", "12345678901234567000")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("0.1", "0.1")]
    [InlineData("3.141592653589793", "3.141592653589793")]
    [InlineData("123456789.123456789", "123456789.12345679")]
    [InlineData("1e-7", "1e-7")]
    [InlineData("0.000001234567", "0.000001234567")]
    [InlineData("0.0000001234567", "1.234567e-7")]
    [InlineData("-0", "-0")]
    [InlineData("-0.0", "-0")]
    [InlineData("0e10", "0")]
    [InlineData("1E3", "1000")]
    [InlineData("-1.50", "-1.5")]
    [InlineData("999999999999999868928", "999999999999999900000")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1e-400", "0")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("999999999999999", "999999999999999")]
    public void numbers_are_doubles_in_shortest_form(string text, string expected) => Reserialized(text).ShouldBe(expected);

    [Theory]
    [InlineData("1.10")]
    [InlineData("12345678901234567890123")]
    [InlineData("-0.0")]
    [InlineData("1e400")]
    public void numbers_stay_as_they_are_where_asked(string text) => Reserialized(text, GoNumbers.Verbatim).ShouldBe(text);

    [Theory]
    [InlineData("{\"a\":1} trailing", "{\"a\":1}", 7)]
    [InlineData("01", "0", 1)]
    [InlineData(" null]", "null", 5)]
    public void text_after_the_first_value_is_ignored(string text, string expected, int length)
    {
        var written = GoJson.Reserialize(Encoding.UTF8.GetBytes(text), GoNumbers.Float64, out var consumed);

        Encoding.UTF8.GetString(written).ShouldBe(expected);
        consumed.ShouldBe(length);
    }

    [Theory]
    [InlineData("", "EOF")]
    [InlineData(" \r\n\t", "EOF")]
    [InlineData("{", "unexpected EOF")]
    [InlineData("{\"a\"", "unexpected EOF")]
    [InlineData("[1,", "unexpected EOF")]
    [InlineData("\"a", "unexpected EOF")]
    [InlineData("\"a\\", "unexpected EOF")]
    [InlineData("\"\\u12", "unexpected EOF")]
    [InlineData("-", "unexpected EOF")]
    [InlineData("1.", "unexpected EOF")]
    [InlineData("1e+", "unexpected EOF")]
    [InlineData("nul", "unexpected EOF")]
    [InlineData("not json", "invalid character 'o' in literal null (expecting 'u')")]
    [InlineData("trie", "invalid character 'i' in literal true (expecting 'u')")]
    [InlineData("[1,]", "invalid character ']' looking for beginning of value")]
    [InlineData("{not", "invalid character 'n' looking for beginning of object key string")]
    [InlineData("{\"a\":1,}", "invalid character '}' looking for beginning of object key string")]
    [InlineData("{\"a\" 1}", "invalid character '1' after object key")]
    [InlineData("{\"a\":1 2}", "invalid character '2' after object key:value pair")]
    [InlineData("[1 2]", "invalid character '2' after array element")]
    [InlineData("[01]", "invalid character '1' after array element")]
    [InlineData("-a", "invalid character 'a' in numeric literal")]
    [InlineData("1.x", "invalid character 'x' after decimal point in numeric literal")]
    [InlineData("1ex", "invalid character 'x' in exponent of numeric literal")]
    [InlineData("\"a\nb\"", "invalid character '\\n' in string literal")]
    [InlineData("\"\\x\"", "invalid character 'x' in string escape code")]
    [InlineData("\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape")]
    [InlineData("'a'", "invalid character '\\'' looking for beginning of value")]
    [InlineData("\uFEFF1", "invalid character 'ï' looking for beginning of value")]
    [InlineData("1e400", "json: cannot unmarshal number 1e400 into Go value of type float64")]
    [InlineData("[1e400,]", "invalid character ']' looking for beginning of value")]
    public void malformed_text_is_refused_in_the_words_of_the_decoder(string text, string expected) =>
        Should.Throw<GoJsonException>(() => Reserialized(text)).Message.ShouldBe(expected);

    [Fact]
    public void ten_thousand_levels_are_read_and_one_more_is_refused()
    {
        var deepest = new string('[', 10_000) + new string(']', 10_000);

        Reserialized(deepest).ShouldBe(deepest);
        Should.Throw<GoJsonException>(() => Reserialized("[" + deepest + "]")).Message.ShouldBe("invalid character '[' exceeded max depth");
    }

    [Fact]
    public void text_is_quoted_as_a_json_string() =>
        Encoding.UTF8.GetString(GoJson.Quote("<é\n\""u8)).ShouldBe("\"\\u003cé\\n\\\"\"");

    private static string Reserialized(string text, GoNumbers numbers = GoNumbers.Float64) =>
        Encoding.UTF8.GetString(GoJson.Reserialize(Encoding.UTF8.GetBytes(text), numbers));
}
