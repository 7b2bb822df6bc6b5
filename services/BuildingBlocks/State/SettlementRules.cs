namespace CloudNative.BuildingBlocks.State;

/// <summary>How a guarded transaction ended.</summary>
internal enum Settled
{
    /// <summary>It is applied.</summary>
    Committed,

    /// <summary>It is not applied and never will be: one of its guards is broken for ever.</summary>
    Lost,

    /// <summary>It may be applied, or still be on its way.</summary>
    Unknown,
}

/// <summary>What a first look at the guarded documents says.</summary>
internal enum FirstLook
{
    Committed,

    /// <summary>Every guard holds still: nothing is known, and sending the very same request again is safe.</summary>
    Unmoved,

    /// <summary>A guard is broken: the transaction cannot land any more, but may have landed before.</summary>
    Moved,
}

/// <summary>
/// The decisions of <see cref="Settlement"/>. Reads of several documents are not one snapshot, so a single look cannot tell
/// "lost" from "applied between two of the reads": only a look taken after a guard was seen broken can.
/// </summary>
internal static class SettlementRules
{
    public static FirstLook AfterFirstLook(string tx, IReadOnlyList<StateWrite> writes, IReadOnlyList<StateEntry> seen)
    {
        if (IsOurs(tx, seen))
            return FirstLook.Committed;
        return writes.Zip(seen).All(pair => Holds(pair.First, pair.Second)) ? FirstLook.Unmoved : FirstLook.Moved;
    }

    public static Settled AfterSecondLook(string tx, IReadOnlyList<StateWrite> writes, IReadOnlyList<StateEntry> seen)
    {
        if (IsOurs(tx, seen))
            return Settled.Committed;

        // Had it been applied, it would have replaced every guard at once; etags never come back.
        return writes.Zip(seen).Any(pair => Holds(pair.First, pair.Second)) ? Settled.Lost : Settled.Unknown;
    }

    private static bool IsOurs(string tx, IReadOnlyList<StateEntry> seen) =>
        seen.Any(entry => entry.Exists && RawJson.Text(entry.Value, "tx"u8) == tx);

    private static bool Holds(StateWrite write, StateEntry seen) => write.Etag == seen.Etag;
}
