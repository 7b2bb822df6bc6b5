using System.Collections.Concurrent;
using System.Text.Json;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.DataLake;

/// <summary>
/// Which objects hold the events of which hour. State has no listing of keys, so a catalogue (months, hours of a month) leads to the
/// hours. An hour stands in the catalogue before its first object does; one without objects is harmless.
/// </summary>
internal sealed class HourIndex(IStateStore store)
{
    private const string MonthsKey = "months";
    private const int Attempts = 8;

    // An entry has some 100 bytes and 35 for each page its lines come from, of which there are 64 at most: a head stays below 160 KB.
    private const int ObjectsPerPart = 64;
    private readonly ConcurrentDictionary<LakeHour, bool> known = new();

    public static string HourKey(LakeHour hour) => $"hour-{hour.Name}";

    private static string MonthKey(string month) => $"month-{month}";

    /// <summary>The writes that list new objects, from what the index says now; the caller makes them part of his transaction.</summary>
    public async ValueTask<IReadOnlyList<StateWrite>> ListObjectsAsync(
        IReadOnlyCollection<(LakeHour Hour, LakeObject Object)> objects, CancellationToken cancellationToken)
    {
        var heads = await store.GetAllStronglyAsync(objects.Select(o => HourKey(o.Hour)), cancellationToken);
        return [.. objects.GroupBy(o => o.Hour, o => o.Object)
            .SelectMany(hour => Ledger<LakeObject>.Append(heads[HourKey(hour.Key)], [.. hour], LakeJson.Default.LedgerLakeObject, ObjectsPerPart))];
    }

    /// <summary>Puts hours into the catalogue; remembers those that are, so this costs nothing for an hour once seen.</summary>
    public async ValueTask CatalogueAsync(IEnumerable<LakeHour> hours, CancellationToken cancellationToken)
    {
        foreach (var month in hours.Where(hour => !known.ContainsKey(hour)).Distinct().GroupBy(hour => hour.Month).ToList())
        {
            await AddNamesAsync(MonthsKey, [month.Key], cancellationToken);
            await AddNamesAsync(MonthKey(month.Key), [.. month.Select(hour => hour.Name)], cancellationToken);
            foreach (var hour in month)
                known[hour] = true;
        }
    }

    /// <summary>The hours of the catalogue that overlap [from, to), in order of time.</summary>
    public async ValueTask<IReadOnlyList<LakeHour>> HoursAsync(long from, long to, CancellationToken cancellationToken)
    {
        var (first, last) = (LakeHour.Of(from), LakeHour.Of(to));
        var months = NamesOf(await store.GetAsync(MonthsKey, cancellationToken))
            .Where(month => string.CompareOrdinal(month, first.Month) >= 0 && string.CompareOrdinal(month, last.Month) <= 0);
        var entries = await store.GetAllStronglyAsync(months.Select(MonthKey), cancellationToken);
        var hours = new List<LakeHour>();
        foreach (var entry in entries.Values)
            hours.AddRange(NamesOf(entry).Select(LakeHour.Parse));
        return [.. hours.Where(hour => hour.CompareTo(first) >= 0 && hour.CompareTo(last) <= 0).Order()];
    }

    /// <summary>The objects of an hour in the order they were listed.</summary>
    public async ValueTask<IReadOnlyList<LakeObject>> ObjectsAsync(LakeHour hour, CancellationToken cancellationToken)
    {
        var head = Ledger<LakeObject>.Read(await store.GetAsync(HourKey(hour), cancellationToken), LakeJson.Default.LedgerLakeObject);
        if (head.ClosedParts == 0)
            return head.Items;
        var keys = Enumerable.Range(0, head.ClosedParts).Select(part => Ledger<LakeObject>.PartKey(HourKey(hour), part)).ToList();
        var parts = await store.GetAllStronglyAsync(keys, cancellationToken);
        return [.. keys.SelectMany(key => Ledger<LakeObject>.Read(parts[key], LakeJson.Default.LedgerLakeObject).Items), .. head.Items];
    }

    private async ValueTask AddNamesAsync(string key, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var entry = await store.GetAsync(key, cancellationToken);
            var present = NamesOf(entry);
            if (names.All(present.Contains))
                return;
            var next = new CatalogueEntry([.. present.Union(names).Order(StringComparer.Ordinal)]);
            try
            {
                await store.TransactAsync([new StateWrite(key, JsonSerializer.SerializeToUtf8Bytes(next, LakeJson.Default.CatalogueEntry), entry.Etag)], cancellationToken);
                return;
            }
            catch (StateStoreException) when (attempt < Attempts)
            {
                // Another replica was faster, or the store is in trouble: what is there now decides.
            }
        }
    }

    private static IReadOnlyList<string> NamesOf(StateEntry entry) =>
        entry.Exists && entry.Value.Length > 0 ? JsonSerializer.Deserialize(entry.Value.Span, LakeJson.Default.CatalogueEntry)!.Names : [];
}
