using System.Globalization;

namespace CloudNative.BuildingBlocks.Outbox;

/// <summary>
/// What this process knows of one slot. Everything but <see cref="Acknowledged"/> is a hint: a slot is only ever written under
/// the etag of a content known to be published, so believing wrongly costs a call, never an event.
/// </summary>
internal sealed class OutboxSlot(int index)
{
    private volatile string? _inHand;
    private volatile string? _acknowledged;

    public int Index { get; } = index;

    public string Key { get; } = KeyOf(index);

    /// <summary>The attempt being written, or committed and on its way to the stream.</summary>
    public string? InHand
    {
        get => _inHand;
        set => _inHand = value;
    }

    /// <summary>The attempt whose event the stream has confirmed to this process, while its record may still stand in the slot.</summary>
    public string? Acknowledged
    {
        get => _acknowledged;
        set => _acknowledged = value;
    }

    /// <summary>Monotonic time stamp of its last return to the pool.</summary>
    public long IdleSince { get; set; }

    public static string KeyOf(int index) => string.Create(CultureInfo.InvariantCulture, $"outbox-{index}");

    public bool Owns(OutboxRecord record) => record.Tx is { } tx && (tx == _inHand || tx == _acknowledged);

    public bool MayBeOverwritten(OutboxRecord record) => record.IsClear || (record.Tx is { } tx && tx == _acknowledged);
}
