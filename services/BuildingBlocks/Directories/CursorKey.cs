using System.Text;

namespace CloudNative.BuildingBlocks.Directories;

/// <summary>Where the key that signs cursors comes from.</summary>
public interface ICursorKey
{
    /// <summary>The key; asked for with every page, so it should be kept once it is known. Every replica must answer the same.</summary>
    ValueTask<ReadOnlyMemory<byte>> GetAsync(CancellationToken cancellationToken);
}

/// <summary>A key known beforehand.</summary>
public sealed class KnownCursorKey(ReadOnlyMemory<byte> key) : ICursorKey
{
    public KnownCursorKey(string key)
        : this(Encoding.UTF8.GetBytes(key))
    {
    }

    public ValueTask<ReadOnlyMemory<byte>> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(key);
}
