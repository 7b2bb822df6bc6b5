using System.Text;
using CloudNative.BuildingBlocks.Entities;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Outbox.Simulated;

/// <summary>
/// The store and the stream as they truly are, with what must hold of them: every commit is published, nothing else is, an
/// event id has one content, versions have no gap, and no mutation is applied twice.
/// </summary>
internal sealed class Ledger(bool ignoresSlotGuards = false)
{
    private readonly Dictionary<string, StateEntry> _documents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StateEntry> _before = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _committed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _published = new(StringComparer.Ordinal);
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly List<string> _violations = [];
    private long _lastEtag;

    public int Commits => _committed.Count;

    /// <summary>Transactions that held more than one entity's change.</summary>
    public int SharedTransactions { get; private set; }

    public StateEntry Read(string key) => _documents.GetValueOrDefault(key) ?? new StateEntry(key, default, null);

    /// <summary>The document as it was before its last change, as a read that is not strong may see it.</summary>
    public StateEntry ReadOld(string key) => _before.GetValueOrDefault(key) ?? new StateEntry(key, default, null);

    public bool Apply(IReadOnlyList<StateWrite> writes)
    {
        if (writes.Any(write => !IsUnguarded(write) && Read(write.Key).Etag != write.Etag))
            return false;
        SharedTransactions += writes.Count(IsEntity) > 1 ? 1 : 0;
        foreach (var (index, write) in writes.Index())
        {
            // A mutation's record follows its entity.
            if (IsEntity(write))
                Commit(write, writes.Skip(index).First(other => other.Key.StartsWith("outbox-", StringComparison.Ordinal)));
            _before[write.Key] = Read(write.Key);
            _documents[write.Key] = new StateEntry(write.Key, write.Value, $"e{++_lastEtag}");
        }

        return true;
    }

    public void Publish(OutgoingEvent outgoing)
    {
        var content = Encoding.UTF8.GetString(outgoing.Document.Span);
        if (!_published.TryAdd(outgoing.Id, content))
            Check(_published[outgoing.Id] == content, "one event id, two contents");
        Check(_committed.GetValueOrDefault(outgoing.Id) == content, "published, but not committed");
    }

    /// <summary>A caller was told that the change with this unique text is committed.</summary>
    public void Told(string text) => Check(_texts.Contains(text), "told to be committed, but is not");

    public IReadOnlyList<string> ViolationsAtTheEnd(IReadOnlyCollection<string> listed)
    {
        Check(_committed.Keys.All(_published.ContainsKey), "committed, but never published");
        var live = _documents.Values.Count(entry =>
            entry.Key.StartsWith("thing-", StringComparison.Ordinal) && EntityDocument.Read(entry).IsLive);
        Check(listed.Count == live && listed.All(id => EntityDocument.Read(Read($"thing-{id}")).IsLive), "the directory is not the entities");
        return _violations;
    }

    private static bool IsEntity(StateWrite write) => write.Key.StartsWith("thing-", StringComparison.Ordinal);

    private bool IsUnguarded(StateWrite write) => ignoresSlotGuards && write.Key.StartsWith("outbox-", StringComparison.Ordinal);

    private void Commit(StateWrite entity, StateWrite slot)
    {
        var after = EntityDocument.Read(new StateEntry(entity.Key, entity.Value, "new"));
        Check(after.Version == EntityDocument.Read(Read(entity.Key)).Version + 1, "a gap in the versions");
        var record = OutboxRecord.Read(new StateEntry(slot.Key, slot.Value, "new"));
        Check(_committed.TryAdd(record.ToOutgoing().Id, Encoding.UTF8.GetString(record.Event.Span)), "one event id, two commits");
        if (after.IsLive && RawJson.Text(after.Data, "description"u8) is { } text)
            Check(_texts.Add(text), "one mutation applied twice");
    }

    private void Check(bool holds, string violation)
    {
        if (!holds)
            _violations.Add(violation);
    }
}
