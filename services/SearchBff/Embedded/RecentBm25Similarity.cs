using System.Numerics;
using Lucene.Net.Search;
using Lucene.Net.Search.Similarities;

namespace CloudNative.SearchBff.Embedded;

/// <summary>
/// BM25 as newer Lucene versions, and so OpenSearch, compute it. Version 4.8 keeps a field's length too coarsely, and counts documents without
/// the field (tombstones, things without description) among those that lack the word; both change the order of hits.
/// </summary>
internal sealed class RecentBm25Similarity() : BM25Similarity(1.2f, 0.75f)
{
    // Lengths up to here are kept exactly.
    private const int Exact = 24;

    protected override byte EncodeNormValue(float boost, int fieldLength) => Encode(fieldLength);

    protected override float DecodeNormValue(byte b) => Decode(b);

    protected override float AvgFieldLength(CollectionStatistics collectionStats) =>
        collectionStats.SumTotalTermFreq <= 0 ? 1f : (float)(collectionStats.SumTotalTermFreq / (double)Documents(collectionStats));

    public override Explanation IdfExplain(CollectionStatistics collectionStats, TermStatistics termStats)
    {
        var (frequency, documents) = (termStats.DocFreq, Documents(collectionStats));
        return new Explanation(Idf(frequency, documents), $"idf(docFreq={frequency}, docCount={documents})");
    }

    public override Explanation IdfExplain(CollectionStatistics collectionStats, TermStatistics[] termStats)
    {
        var documents = Documents(collectionStats);
        var sum = termStats.Sum(term => Idf(term.DocFreq, documents));
        return new Explanation(sum, $"idf(), sum over {termStats.Length} terms");
    }

    /// <summary>A length in one byte: itself below 24; above, what exceeds 24 in four significant bits, rounded down.</summary>
    internal static byte Encode(int length)
    {
        if (length < Exact)
            return (byte)length;
        var excess = length - Exact;
        if (excess < 8)
            return (byte)(Exact + excess);
        var shift = BitOperations.Log2((uint)excess) - 3;
        return (byte)(Exact + ((shift + 1) * 8) + ((excess >> shift) & 7));
    }

    internal static int Decode(byte encoded)
    {
        var code = encoded - Exact;
        if (code < 8)
            return encoded;
        return Exact + (int)Math.Min((long)((code & 7) | 8) << ((code / 8) - 1), int.MaxValue - Exact);
    }

    private static long Documents(CollectionStatistics statistics) => statistics.DocCount > 0 ? statistics.DocCount : statistics.MaxDoc;
}
