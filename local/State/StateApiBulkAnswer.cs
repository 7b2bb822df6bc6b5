using System.Buffers;
using System.Text;
using System.Text.Json;
using CloudNative.Local.Json;

namespace CloudNative.Local.State;

/// <summary>The answer to a bulk get over HTTP. Stored JSON goes in as it is, but for white space and HTML's characters.</summary>
internal static class StateApiBulkAnswer
{
    private static readonly SearchValues<byte> NeedsLook = SearchValues.Create(" \t\r\n<>&\""u8);

    /// <param name="asked">Where the store answers fewer rows, the array is filled up with items of an empty key.</param>
    /// <returns>Nothing at all where one value is no JSON: daprd cannot encode such an answer.</returns>
    public static ReadOnlyMemory<byte> Bytes(StateApiStore store, IReadOnlyList<StateRow> rows, int asked)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        output.Write("["u8);
        for (var i = 0; i < Math.Max(rows.Count, asked); i++)
        {
            if (i > 0)
                output.Write(","u8);
            if (i >= rows.Count)
                output.Write("{\"key\":\"\"}"u8);
            else if (!TryWrite(output, store, rows[i]))
                return default;
        }
        output.Write("]\n"u8);
        return output.WrittenMemory;
    }

    private static bool TryWrite(ArrayBufferWriter<byte> output, StateApiStore store, StateRow row)
    {
        Write(output, "{\"key\":"u8, store.Original(row.Key));
        if (!row.Value.IsEmpty)
        {
            output.Write(",\"data\":"u8);
            if (!IsJson(row.Value.Span))
                return false;
            WriteCompact(output, row.Value.Span);
        }
        if (row.Etag is not null)
            Write(output, ",\"etag\":"u8, row.Etag);
        if (row.ExpiresAt is { } expiry)
        {
            Write(output, ",\"metadata\":{\"ttlExpireTime\":"u8, StateApiGrpc.ExpiryText(expiry));
            output.Write("}"u8);
        }
        output.Write("}"u8);
        return true;
    }

    private static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> before, string text)
    {
        output.Write(before);
        output.Write(GoJson.Quote(Encoding.UTF8.GetBytes(text)));
    }

    private static bool IsJson(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = 10_000 });
        try
        {
            while (reader.Read())
            {
                // Reading to the end is the check.
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void WriteCompact(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var isInString = false;
        while (json.Length > 0)
        {
            var at = json.IndexOfAny(NeedsLook);
            output.Write(at < 0 ? json : json[..at]);
            if (at < 0)
                return;
            var c = json[at];
            if (c == '"' && !IsEscaped(json, at))
                isInString = !isInString;
            if (c is (byte)'<' or (byte)'>' or (byte)'&')
                output.Write(Encoding.ASCII.GetBytes($"\\u00{c:x2}"));
            else if (isInString || c == '"')
                output.Write([c]);
            json = json[(at + 1)..];
        }
    }

    /// <summary>An odd number of backslashes stands before it.</summary>
    private static bool IsEscaped(ReadOnlySpan<byte> json, int at) => (at - 1 - json[..at].LastIndexOfAnyExcept((byte)'\\')) % 2 == 1;
}
