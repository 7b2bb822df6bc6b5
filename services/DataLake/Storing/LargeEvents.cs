using CloudNative.BuildingBlocks.Buckets;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;
using Microsoft.Extensions.Options;

namespace CloudNative.DataLake;

/// <summary>
/// Events too large for a buffer page go straight into an object of their own, named after their id: written first, then listed
/// together with the marker.
/// </summary>
internal sealed class LargeEvents(IStateStore store, IBucket bucket, HourIndex hours, IOptions<LakeOptions> options, TimeProvider time)
{
    /// <summary>Bytes; with a page of 64 KiB this stays below the 400 KB that an item of DynamoDB may have.</summary>
    public const int Threshold = 300_000;

    private const int Attempts = 5;

    /// <exception cref="StateStoreException">It is not known to be stored; deliver it again.</exception>
    public async ValueTask StoreAsync(PendingEvent pending, long timestamp, CancellationToken cancellationToken)
    {
        if ((await store.GetAsync(pending.MarkerKey, cancellationToken)).Exists)
            return;
        var hour = LakeHour.Of(timestamp);
        var stored = new LakeObject(NameBasedId.From("large", pending.Id), 1, timestamp, timestamp, $"{Guid.CreateVersion7(time.GetUtcNow()):N}:1");
        await bucket.PutAsync(hour.ObjectPath(stored.Name), (byte[])[.. pending.Line.Span, (byte)'\n'], cancellationToken);
        await hours.CatalogueAsync([hour], cancellationToken);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (await TryListAsync(pending, hour, stored, cancellationToken)
                || (await store.GetAsync(pending.MarkerKey, cancellationToken)).Exists)
                return;
        }

        throw new StateStoreException("The event is not known to be stored.");
    }

    private async ValueTask<bool> TryListAsync(PendingEvent pending, LakeHour hour, LakeObject stored, CancellationToken cancellationToken)
    {
        var writes = await hours.ListObjectsAsync([(hour, stored)], cancellationToken);
        try
        {
            await store.TransactAsync([PendingEvent.Marker(pending.Id, options.Value.MarkerTimeToLive), .. writes], cancellationToken);
            return true;
        }
        catch (StateStoreException)
        {
            // Nothing is proved: the marker tells.
            return false;
        }
    }
}
