using System.Collections.Concurrent;
using GraphQLParser.AST;

namespace CloudNative.ThingsBff.GraphQL;

/// <summary>
/// Valid documents by their text, in two generations: when the young one is full it becomes the old one, and what is used
/// again moves up. So a flood of documents used once (values written into them) costs no bookkeeping.
/// </summary>
internal sealed class DocumentCache(int capacity)
{
    /// <summary>Characters; a longer document is parsed each time, so that the cache stays within tens of MB.</summary>
    private const int MaxTextLength = 8_192;

    private readonly Lock turning = new();
    private ConcurrentDictionary<string, GraphQLDocument> young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, GraphQLDocument> old = new(StringComparer.Ordinal);
    private int youngCount;

    public GraphQLDocument? Find(string text)
    {
        if (young.TryGetValue(text, out var document))
            return document;
        if (old.TryGetValue(text, out document))
            Add(text, document);
        return document;
    }

    public void Add(string text, GraphQLDocument document)
    {
        if (text.Length > MaxTextLength || !young.TryAdd(text, document))
            return;
        if (Interlocked.Increment(ref youngCount) >= capacity / 2)
            Turn();
    }

    private void Turn()
    {
        lock (turning)
        {
            if (youngCount < capacity / 2)
                return;
            old = young;
            young = new ConcurrentDictionary<string, GraphQLDocument>(StringComparer.Ordinal);
            youngCount = 0;
        }
    }
}
