using System.Buffers;

namespace CloudNative.Local.Json;

/// <summary>A growing byte array from the pool. Mutable: hold it in a field or pass it by reference, never copy it.</summary>
internal struct ByteBuffer(int capacity) : IDisposable
{
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 64));

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public void Append(byte value)
    {
        Reserve(1);
        bytes[Length++] = value;
    }

    public void Append(scoped ReadOnlySpan<byte> values)
    {
        Reserve(values.Length);
        values.CopyTo(bytes.AsSpan(Length));
        Length += values.Length;
    }

    public void Truncate(int length) => Length = length;

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(bytes);

    private void Reserve(int count)
    {
        if (bytes.Length - Length >= count)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length * 2, Length + count));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
