using System.Buffers;
using System.Buffers.Text;
using System.Text;
using CloudNative.Local.Json;

namespace CloudNative.Local.PubSub.CloudEvents;

/// <summary>Writes the members of one JSON object in the order it is called. Mutable: pass it by reference.</summary>
internal ref struct EnvelopeWriter(int capacity)
{
    private ByteBuffer buffer = new(capacity);

    public void Member(ReadOnlySpan<byte> name, string value)
    {
        Name(name);
        var length = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = length > 256 ? ArrayPool<byte>.Shared.Rent(length) : null;
        var utf8 = rented ?? stackalloc byte[256];
        GoJsonText.Encode(utf8[..Encoding.UTF8.GetBytes(value, utf8)], ref buffer);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    public void Member(ReadOnlySpan<byte> name, Guid value)
    {
        Name(name);
        Span<byte> text = stackalloc byte[36];
        Utf8Formatter.TryFormat(value, text, out _);
        buffer.Append((byte)'"');
        buffer.Append(text);
        buffer.Append((byte)'"');
    }

    /// <summary>A value that is JSON already.</summary>
    public void Raw(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        Name(name);
        buffer.Append(json);
    }

    /// <summary>Bytes that should be UTF-8, as a string.</summary>
    public void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) => Raw(name, GoJson.Quote(text));

    public void Base64(ReadOnlySpan<byte> data)
    {
        Name("data_base64"u8);
        buffer.Append((byte)'"');
        var length = System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(data.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        System.Buffers.Text.Base64.EncodeToUtf8(data, rented, out _, out var written);
        buffer.Append(rented.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(rented);
        buffer.Append((byte)'"');
    }

    public byte[] Close()
    {
        if (buffer.Length == 0)
            buffer.Append((byte)'{');

        buffer.Append((byte)'}');
        return buffer.Written.ToArray();
    }

    public readonly void Dispose() => buffer.Dispose();

    private void Name(ReadOnlySpan<byte> name)
    {
        buffer.Append(buffer.Length == 0 ? "{\""u8 : ",\""u8);
        buffer.Append(name);
        buffer.Append("\":"u8);
    }
}
