using System.Collections.Concurrent;
using CloudNative.BuildingBlocks.Buckets;
using CloudNative.BuildingBlocks.Hosting;

namespace CloudNative.SearchBff.Tests;

/// <summary>A bucket in memory that can be away, and tells before each change what it is about to do.</summary>
internal sealed class ThingsBucket : IBucket
{
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    public bool IsAway { get; set; }

    /// <summary>Called with the name of an object that is about to be removed.</summary>
    public Action<string> Removing { get; set; } = _ => { };

    /// <summary>Called before each call; may throw.</summary>
    public Action Called { get; set; } = () => { };

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
        Removing(name);
        Objects.TryRemove(name, out _);
    }

    private async ValueTask AnswerAsync()
    {
        await Task.Yield();
        Called();
        if (IsAway)
            throw new DependencyUnavailableException("The bucket is away.");
    }
}
