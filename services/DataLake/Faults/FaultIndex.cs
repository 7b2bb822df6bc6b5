using System.Text.Json;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.DataLake;

/// <summary>Finds fault events by id and lists them by arrival; kept up in the transaction that stores the event.</summary>
internal sealed class FaultIndex(IStateStore store)
{
    private const string Head = "faults";

    private static string KeyOf(string faultId) => $"fault-{StateKey.ForId(faultId)}";

    /// <summary>The writes that list fault events; nothing, and no call, where there are none.</summary>
    public async ValueTask<IReadOnlyList<StateWrite>> ListAsync(IReadOnlyCollection<PendingEvent> faults, CancellationToken cancellationToken)
    {
        if (faults.Count == 0)
            return [];
        var head = await store.GetAsync(Head, cancellationToken);
        var listed = await store.GetAllStronglyAsync(faults.Select(fault => KeyOf(fault.Id)), cancellationToken);
        // A fault that comes again after its marker has expired is listed already.
        var added = faults.Where(fault => !listed[KeyOf(fault.Id)].Exists).ToList();
        return [
            .. added.Select(fault => new StateWrite(KeyOf(fault.Id), fault.Line, null)),
            .. Ledger<string>.Append(head, [.. added.Select(fault => fault.Id)], LakeJson.Default.LedgerString)];
    }

    public async ValueTask<ReadOnlyMemory<byte>?> FindAsync(string faultId, CancellationToken cancellationToken)
    {
        var entry = await store.GetAsync(KeyOf(faultId), cancellationToken);
        // Not a conditional: there null would become empty bytes.
        if (!entry.Exists)
            return null;
        return entry.Value;
    }

    /// <summary>Fault events, the newest first. <paramref name="before"/>: the place in the order of arrival where the last page ended, null to begin.</summary>
    public async ValueTask<(IReadOnlyList<JsonElement> Faults, int? Next)> ListAsync(int limit, int? before, CancellationToken cancellationToken)
    {
        var head = Ledger<string>.Read(await store.GetAsync(Head, cancellationToken), LakeJson.Default.LedgerString);
        var end = Math.Min(before ?? int.MaxValue, (head.ClosedParts * Ledger<string>.PartSize) + head.Items.Count);
        var start = Math.Max(0, end - limit);
        var ids = new List<string>();
        for (var place = end - 1; place >= start;)
        {
            var part = Math.Min(place / Ledger<string>.PartSize, head.ClosedParts);
            var items = part == head.ClosedParts ? head.Items : await PartAsync(part, cancellationToken);
            var offset = part * Ledger<string>.PartSize;
            for (; place >= Math.Max(start, offset); place--)
                ids.Add(items[place - offset]);
        }

        var entries = await store.GetManyAsync([.. ids.Select(KeyOf)], cancellationToken);
        return ([.. ids.Select(id => entries[KeyOf(id)]).Where(entry => entry.Exists).Select(Parse)], start > 0 ? start : null);
    }

    private async ValueTask<IReadOnlyList<string>> PartAsync(int part, CancellationToken cancellationToken) =>
        Ledger<string>.Read(await store.GetAsync(Ledger<string>.PartKey(Head, part), cancellationToken), LakeJson.Default.LedgerString).Items;

    private static JsonElement Parse(StateEntry entry)
    {
        using var document = JsonDocument.Parse(entry.Value);
        return document.RootElement.Clone();
    }
}
