using CloudNative.EventStream.Records;
using CloudNative.EventStream.Shards;

namespace CloudNative.EventStream.Groups;

internal enum PartitionState
{
    /// <summary>Nothing to deliver.</summary>
    Idle,

    /// <summary>Waits for a free stream.</summary>
    Ready,

    /// <summary>Its oldest record is out at a stream.</summary>
    Out,

    /// <summary>Its oldest record failed and waits for its next attempt.</summary>
    BackingOff,
}

/// <summary>
/// One partition key of a group: its unfinished records in order, in the window or (all of them) set aside in the store.
/// Guarded by the lock of its <see cref="ConsumerGroup"/>.
/// </summary>
internal sealed class PartitionQueue(string partitionKey, ShardWindow window)
{
    public string PartitionKey => partitionKey;

    public ShardWindow Window => window;

    public Queue<WindowEntry> Entries { get; } = new();

    public PartitionState State { get; private set; }

    /// <summary>When the state began.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>Failed attempts of the oldest record.</summary>
    public int FailedAttempts { get; set; }

    public bool IsSetAside { get; private set; }

    /// <summary>Set-aside records up to here are done.</summary>
    public SequenceNumber AsideAfter { get; set; } = SequenceNumber.TrimHorizon;

    /// <summary>The newest set-aside record.</summary>
    public SequenceNumber AsideThrough { get; set; } = SequenceNumber.TrimHorizon;

    /// <summary>Records on their way to be set aside behind the others.</summary>
    public int AsideArrivals { get; set; }

    public bool HasRecords => IsSetAside ? AsideAfter < AsideThrough : Entries.Count > 0;

    public bool IsUnused => !HasRecords && AsideArrivals == 0;

    public void Enter(PartitionState state, DateTimeOffset now)
    {
        State = state;
        Since = now;
    }

    public void SetAside(SequenceNumber after, SequenceNumber through)
    {
        IsSetAside = true;
        AsideAfter = after;
        AsideThrough = through;
    }

    /// <summary>The oldest record is done; returns its place if it is to be forgotten in the store.</summary>
    public ShardPosition? Finish(StoredRecord record)
    {
        FailedAttempts = 0;
        if (IsSetAside)
        {
            AsideAfter = record.SequenceNumber;
            return new ShardPosition(record.ShardId, record.SequenceNumber);
        }

        window.Finish(Entries.Dequeue());
        return null;
    }
}
