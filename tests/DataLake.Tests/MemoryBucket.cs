using System.Collections.Concurrent;
using System.Text;
using CloudNative.BuildingBlocks.Buckets;
using CloudNative.BuildingBlocks.Hosting;

namespace CloudNative.DataLake.Tests;

/// <summary>A bucket in memory that can be away.</summary>
internal sealed class MemoryBucket : IBucket
{
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    public bool IsAway { get; set; }

    /// <summary>The lines of all objects, in no order.</summary>
    public IReadOnlyList<string> Lines =>
        [.. Objects.Values.SelectMany(content => Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    public async ValueTask PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await AnswerAsync();
        Objects[name] = content.ToArray();
    }

    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string name, CancellationToken cancellationToken)
    {
        await AnswerAsync();
        // Not a conditional: there null would become empty bytes.
        if (!Objects.TryGetValue(name, out var content))
            return null;
        return content;
    }

    public async ValueTask DeleteAsync(string name, CancellationToken cancellationToken)
    {
        await AnswerAsync();
        Objects.TryRemove(name, out _);
    }

    private async ValueTask AnswerAsync()
    {
        await Task.Yield();
        if (IsAway)
            throw new DependencyUnavailableException("The bucket is away.");
    }
}
