namespace CloudNative.DataLake;

/// <summary>
/// An event's place in the order of arrival, which it keeps for ever, in the buffer and in the bucket: the page it was first stored in
/// (ids of pages are ordered by when they were opened), and its line there among those of its hour.
/// </summary>
internal readonly record struct Arrival(string Page, int Line) : IComparable<Arrival>
{
    public int CompareTo(Arrival other)
    {
        var byPage = string.CompareOrdinal(Page, other.Page);
        return byPage != 0 ? byPage : Line.CompareTo(other.Line);
    }
}

/// <summary>A line of the lake with its place. <paramref name="Event"/> is null where the text cannot be read as one.</summary>
internal readonly record struct ArrivedLine(LakeHour Hour, long Timestamp, Arrival Arrival, ReadOnlyMemory<byte> Text, LakeLine? Event);
