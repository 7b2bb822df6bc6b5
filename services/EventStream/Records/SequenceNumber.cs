namespace CloudNative.EventStream.Records;

/// <summary>
/// A position in a shard: a decimal number of any length (Kinesis: about 56 digits), compared by length, then digit by digit.
/// The empty one stands before the oldest record.
/// </summary>
internal readonly record struct SequenceNumber(string Value) : IComparable<SequenceNumber>
{
    public static readonly SequenceNumber TrimHorizon = new("");

    public int CompareTo(SequenceNumber other) => Value.Length != other.Value.Length
        ? Value.Length.CompareTo(other.Value.Length)
        : string.CompareOrdinal(Value, other.Value);

    public static bool operator <(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) < 0;

    public static bool operator >(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) > 0;

    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) >= 0;

    public override string ToString() => Value;
}
