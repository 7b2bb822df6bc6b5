namespace CloudNative.Local.Json;

/// <summary>The members of the objects that are open, by where they stand in the output, to sort them when an object closes.</summary>
internal sealed class GoJsonMembers : IDisposable
{
    private readonly List<Member> members = [];
    private readonly Stack<int> firsts = new();
    private ByteBuffer names = new(0);

    public void OpenObject() => firsts.Push(members.Count);

    /// <param name="at">Where the member starts in the output, its name included.</param>
    public void Begin(int at) => members.Add(new Member(names.Length, 0, at, 0));

    public void Name(ReadOnlySpan<byte> decoded)
    {
        names.Append(decoded);
        members[^1] = members[^1] with { NameLength = decoded.Length };
    }

    /// <param name="at">The end of the innermost open object's last member in the output.</param>
    public void End(int at) => members[^1] = members[^1] with { End = at };

    /// <summary>Puts the innermost object's members in order, the last of each name only.</summary>
    public void CloseObject(ref ByteBuffer output)
    {
        var first = firsts.Pop();
        if (members.Count == first)
            return;
        if (!InOrder(first))
            Rewrite(first, ref output);
        names.Truncate(members[first].NameStart);
        members.RemoveRange(first, members.Count - first);
    }

    public void Dispose() => names.Dispose();

    private bool InOrder(int first)
    {
        for (var i = first + 1; i < members.Count; i++)
        {
            if (NameOf(members[i - 1]).SequenceCompareTo(NameOf(members[i])) >= 0)
                return false;
        }
        return true;
    }

    private void Rewrite(int first, ref ByteBuffer output)
    {
        var start = members[first].Start;
        var unordered = output.Written[start..].ToArray();
        output.Truncate(start);
        // By name, and by position among equal names, so that the last of them is the last of its run.
        members.Sort(first, members.Count - first, Comparer<Member>.Create(Compare));
        for (var i = first; i < members.Count; i++)
        {
            if (i + 1 < members.Count && NameOf(members[i]).SequenceEqual(NameOf(members[i + 1])))
                continue;
            if (output.Length > start)
                output.Append((byte)',');
            output.Append(unordered.AsSpan(members[i].Start - start, members[i].End - members[i].Start));
        }
    }

    private int Compare(Member one, Member other)
    {
        var byName = NameOf(one).SequenceCompareTo(NameOf(other));
        return byName != 0 ? byName : one.Start.CompareTo(other.Start);
    }

    private ReadOnlySpan<byte> NameOf(Member member) => names.Written.Slice(member.NameStart, member.NameLength);

    private readonly record struct Member(int NameStart, int NameLength, int Start, int End);
}
