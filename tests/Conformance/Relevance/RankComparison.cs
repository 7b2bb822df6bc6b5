namespace CloudNative.Conformance;

/// <summary>Two orders of the hits of one query, best first.</summary>
internal sealed record RankComparison(string Query, IReadOnlyList<string> Expected, IReadOnlyList<string> Found)
{
    public bool IsIdentical => Expected.SequenceEqual(Found);

    /// <summary>The part of the expected hits that was found at all; 1 where none were expected and none found.</summary>
    public double Overlap => Math.Max(Expected.Count, Found.Count) is var most and > 0 ? (double)Expected.Intersect(Found).Count() / most : 1;

    /// <summary>
    /// Kendall's tau over the hits of either order, a missing one standing behind all that are there: 1 for the same order, -1 for the reverse.
    /// Pairs of which neither order says anything do not count.
    /// </summary>
    public double Tau
    {
        get
        {
            var hits = Expected.Union(Found).ToList();
            var (concordant, discordant) = (0, 0);
            for (var one = 0; one < hits.Count; one++)
            {
                for (var other = one + 1; other < hits.Count; other++)
                {
                    var agreement = Order(Expected, hits[one], hits[other]) * Order(Found, hits[one], hits[other]);
                    concordant += agreement > 0 ? 1 : 0;
                    discordant += agreement < 0 ? 1 : 0;
                }
            }

            return concordant + discordant == 0 ? 1 : (double)(concordant - discordant) / (concordant + discordant);
        }
    }

    private static int Order(IReadOnlyList<string> order, string one, string other) => Place(order, other).CompareTo(Place(order, one));

    private static int Place(IReadOnlyList<string> order, string id)
    {
        for (var place = 0; place < order.Count; place++)
        {
            if (order[place] == id)
                return place;
        }

        return int.MaxValue;
    }
}
