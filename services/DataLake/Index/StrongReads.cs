using CloudNative.BuildingBlocks.State;

namespace CloudNative.DataLake;

internal static class StrongReads
{
    /// <summary>Reads each document strongly, all at once; a bulk get would be one call, but never strong on every store.</summary>
    public static async ValueTask<IReadOnlyDictionary<string, StateEntry>> GetAllStronglyAsync(
        this IStateStore store, IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        var reads = keys.Distinct(StringComparer.Ordinal).Select(key => store.GetAsync(key, cancellationToken).AsTask());
        var entries = await Task.WhenAll(reads);
        return entries.ToDictionary(entry => entry.Key, StringComparer.Ordinal);
    }
}
