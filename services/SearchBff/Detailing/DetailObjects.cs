using CloudNative.BuildingBlocks.Buckets;
using CloudNative.BuildingBlocks.Hosting;

namespace CloudNative.SearchBff.Detailing;

/// <summary>The detail documents in the bucket.</summary>
internal sealed class DetailObjects(IBucket bucket)
{
    /// <exception cref="DependencyUnavailableException">The bucket is away.</exception>
    public ValueTask<ReadOnlyMemory<byte>?> FindAsync(string key, CancellationToken cancellationToken) =>
        bucket.GetAsync(ThingKey.ObjectName(key), cancellationToken);

    public ValueTask PutAsync(ThingDetail detail, CancellationToken cancellationToken) =>
        bucket.PutAsync(ThingKey.ObjectName(ThingKey.Of(detail.Id)), detail.ToJson(), cancellationToken);

    /// <summary>Writes the object unless it is there as it should be.</summary>
    public async ValueTask EnsureAsync(ThingDetail detail, CancellationToken cancellationToken)
    {
        var present = await FindAsync(ThingKey.Of(detail.Id), cancellationToken);
        if (present is not { } bytes || !bytes.Span.SequenceEqual(detail.ToJson()))
            await PutAsync(detail, cancellationToken);
    }

    public ValueTask RemoveAsync(string id, CancellationToken cancellationToken) =>
        bucket.DeleteAsync(ThingKey.ObjectName(ThingKey.Of(id)), cancellationToken);
}
