using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace CloudNative.Conformance;

/// <summary>One message of HTTP/1.1 as it is on the wire; header names in lower case, several of one name joined.</summary>
/// <param name="HeaderLines">The same as they were spelt.</param>
internal sealed record Message(string FirstLine, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<string> HeaderLines, byte[] Body);

/// <summary>HTTP/1.1 by hand, so that paths and headers go out and come in exactly as they are.</summary>
internal static class Wire
{
    /// <summary>What recordings leave out everywhere.</summary>
    public static readonly IReadOnlySet<string> LeftOut =
        new HashSet<string> { "date", "content-length", "host", "connection", "accept-encoding", "transfer-encoding", "server", "keep-alive" };

    public static async Task WriteAsync(Stream stream, string firstLine, IEnumerable<KeyValuePair<string, string>> headers, byte[] body, CancellationToken cancellationToken)
    {
        var head = new StringBuilder(firstLine).Append("\r\n");
        var isChunked = false;
        foreach (var (name, value) in headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
            isChunked |= name == "transfer-encoding" && value == "chunked" && body.Length > 0;
        }
        var length = body.Length.ToString(isChunked ? "x" : "d", CultureInfo.InvariantCulture);
        head.Append(isChunked ? $"\r\n{length}\r\n" : $"content-length: {length}\r\n\r\n");
        byte[] all = [.. Encoding.UTF8.GetBytes(head.ToString()), .. body, .. isChunked ? "\r\n0\r\n\r\n"u8 : []];
        await stream.WriteAsync(all, cancellationToken);
    }

    /// <summary>Null where the connection ended before a whole message.</summary>
    /// <param name="bodyless">Whether the message has no body whatever its headers say.</param>
    public static async Task<Message?> ReadAsync(Stream stream, bool bodyless, CancellationToken cancellationToken)
    {
        var reader = new Buffered(stream);
        if (await reader.LineAsync(cancellationToken) is not { Length: > 0 } firstLine)
            return null;
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = new List<string>();
        while (await reader.LineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                var body = bodyless ? [] : await BodyAsync(reader, firstLine, headers, cancellationToken);
                return body is null ? null : new Message(firstLine, headers, lines, body);
            }
            lines.Add(line);
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var name = line[..colon].ToLowerInvariant();
            var value = line[(colon + 1)..].Trim();
            headers[name] = headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
        }
        return null;
    }

    private static async Task<byte[]?> BodyAsync(Buffered reader, string firstLine, Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        if (headers.TryGetValue("transfer-encoding", out var encoding) && encoding == "chunked")
            return await ChunksAsync(reader, cancellationToken);
        if (headers.TryGetValue("content-length", out var length))
            return await reader.BytesAsync(int.Parse(length, CultureInfo.InvariantCulture), cancellationToken);
        var endsWithConnection = firstLine.StartsWith("HTTP/", StringComparison.Ordinal) && !firstLine.Contains(" 204", StringComparison.Ordinal) && !firstLine.Contains(" 304", StringComparison.Ordinal);
        return endsWithConnection ? await reader.RestAsync(cancellationToken) : [];
    }

    private static async Task<byte[]?> ChunksAsync(Buffered reader, CancellationToken cancellationToken)
    {
        var body = new List<byte>();
        while (await reader.LineAsync(cancellationToken) is { } size)
        {
            var length = int.Parse(size.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length > 0 && await reader.BytesAsync(length, cancellationToken) is { } chunk)
                body.AddRange(chunk);
            await reader.LineAsync(cancellationToken);
            if (length == 0)
                return [.. body];
        }
        return null;
    }

    private sealed class Buffered(Stream stream)
    {
        private readonly byte[] buffer = new byte[16 * 1024];
        private int start;
        private int end;

        public async Task<string?> LineAsync(CancellationToken cancellationToken)
        {
            var line = new List<byte>();
            while (await FillAsync(cancellationToken))
            {
                var b = buffer[start++];
                if (b == '\n')
                    return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
                line.Add(b);
            }
            return null;
        }

        public async Task<byte[]?> BytesAsync(int count, CancellationToken cancellationToken)
        {
            var bytes = new List<byte>(count);
            while (bytes.Count < count)
            {
                if (!await FillAsync(cancellationToken))
                    return null;
                var taken = Math.Min(count - bytes.Count, end - start);
                bytes.AddRange(buffer[start..(start + taken)]);
                start += taken;
            }
            return [.. bytes];
        }

        public async Task<byte[]> RestAsync(CancellationToken cancellationToken)
        {
            var bytes = new List<byte>();
            while (await FillAsync(cancellationToken))
            {
                bytes.AddRange(buffer[start..end]);
                start = end;
            }
            return [.. bytes];
        }

        private async Task<bool> FillAsync(CancellationToken cancellationToken)
        {
            if (start < end)
                return true;
            start = 0;
            try
            {
                end = await stream.ReadAsync(buffer, cancellationToken);
            }
            catch (IOException broken) when (broken.InnerException is SocketException)
            {
                end = 0;
            }
            return end > 0;
        }
    }
}
