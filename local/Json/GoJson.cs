namespace CloudNative.Local.Json;

/// <summary>What becomes of a number's text.</summary>
internal enum GoNumbers
{
    /// <summary>Read as a double and written in its shortest form, as a value of type <c>any</c> is.</summary>
    Float64,

    /// <summary>Written as it was read, as a <c>json.Number</c> is.</summary>
    Verbatim,
}

/// <summary>The message is the wording of Go's decoder, which the runtime puts into its answers.</summary>
internal sealed class GoJsonException(string message) : Exception(message);

/// <summary>
/// JSON as the runtime gives it on: read and written again by Go's encoding/json. Members are sorted by the bytes of their names,
/// the last of equal names wins, there is no white space, and what HTML cares about is escaped.
/// </summary>
internal static class GoJson
{
    /// <summary>The first JSON value of <paramref name="utf8"/>, written again; what follows it is ignored.</summary>
    /// <exception cref="GoJsonException">There is no value, it is malformed, or a number is beyond a double.</exception>
    public static byte[] Reserialize(ReadOnlySpan<byte> utf8, GoNumbers numbers) => Reserialize(utf8, numbers, out _);

    /// <param name="consumed">Bytes read, up to the end of the value.</param>
    /// <exception cref="GoJsonException">As above.</exception>
    public static byte[] Reserialize(ReadOnlySpan<byte> utf8, GoNumbers numbers, out int consumed)
    {
        var transcoder = new GoJsonTranscoder(utf8, numbers);
        try
        {
            return transcoder.Run(out consumed);
        }
        finally
        {
            transcoder.Dispose();
        }
    }

    /// <summary>The JSON string (quotes included) of bytes that should be UTF-8; those that are not become U+FFFD.</summary>
    public static byte[] Quote(ReadOnlySpan<byte> text)
    {
        var scratch = new ByteBuffer(text.Length);
        var output = new ByteBuffer(text.Length + 2);
        try
        {
            GoJsonText.Coerce(text, ref scratch);
            GoJsonText.Encode(scratch.Written, ref output);
            return output.Written.ToArray();
        }
        finally
        {
            scratch.Dispose();
            output.Dispose();
        }
    }
}
