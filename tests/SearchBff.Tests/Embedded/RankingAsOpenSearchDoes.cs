using System.Text.Json.Nodes;
using CloudNative.SearchBff.Embedded;
using Lucene.Net.Analysis.TokenAttributes;

namespace CloudNative.SearchBff.Tests.Embedded;

public sealed class RankingAsOpenSearchDoes
{
    [Fact]
    public void splits_at_least_forty_of_the_recorded_texts_alike()
    {
        var texts = RecordedFile.Read("analysis")["texts"]!.AsArray().Select(text => text!.AsObject()).ToList();

        var different = texts.Where(text => Tokens(text["text"]!.GetValue<string>()) != Expected(text)).Select(text => text["text"]!.GetValue<string>()).ToList();

        texts.Count.ShouldBe(42);
        different.Count.ShouldBeLessThanOrEqualTo(2, string.Join('\n', different));
    }

    [Fact]
    public async Task orders_at_least_97_percent_of_the_recorded_queries_alike_and_counts_all_alike()
    {
        var recorded = RecordedFile.Read("relevance");
        using var embedded = new AnEmbeddedIndex();
        await embedded.WriteAsync([.. recorded["documents"]!.AsArray().Select(document => AnEmbeddedIndex.Entry(
            document!["id"]!.GetValue<string>(), 1, document["name"]?.GetValue<string>(), document["description"]?.GetValue<string>()))]);

        var (queries, same, totals) = (0, 0, 0);
        var different = new List<string>();
        foreach (var query in recorded["queries"]!.AsObject().SelectMany(kind => kind.Value!.AsArray()))
        {
            var text = query!["q"]!.GetValue<string>();
            var expected = query["top"]!.AsArray().Select(hit => hit![0]!.GetValue<string>()).ToList();
            var found = text.Trim().Length == 0 ? [] : await embedded.IdsAsync(text);
            queries++;
            totals += found.Count == query["total"]!.GetValue<int>() ? 1 : 0;
            if (found.Take(10).SequenceEqual(expected))
                same++;
            else
                different.Add($"{text}: {string.Join(' ', found.Take(10))} instead of {string.Join(' ', expected)}");
        }

        queries.ShouldBe(98);
        ((double)same / queries).ShouldBeGreaterThanOrEqualTo(0.97, string.Join('\n', different));
        totals.ShouldBeGreaterThanOrEqualTo(queries - different.Count);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(23, 23)]
    [InlineData(40, 40)]
    [InlineData(41, 40)]
    [InlineData(43, 42)]
    [InlineData(60, 60)]
    [InlineData(87, 84)]
    [InlineData(96, 96)]
    [InlineData(168, 168)]
    public void keeps_a_fields_length_as_newer_versions_do(int length, int kept) =>
        RecentBm25Similarity.Decode(RecentBm25Similarity.Encode(length)).ShouldBe(kept);

    [Fact]
    public void keeps_every_length_below_and_near_what_it_is()
    {
        for (var length = 1; length < 5_000_000; length = (length * 9 / 8) + 1)
            RecentBm25Similarity.Decode(RecentBm25Similarity.Encode(length)).ShouldBeInRange((length * 7 / 8) - 1, length);
    }

    private static string Expected(JsonObject text) => string.Join(' ', text["things_text"]!.AsArray().Select(token =>
        $"{token![0]!.GetValue<string>()}@{token[1]!.GetValue<int>()}:{token[2]!.GetValue<int>()}-{token[3]!.GetValue<int>()}"));

    private static string Tokens(string text)
    {
        using var analyzer = new ThingsAnalyzer();
        using var stream = analyzer.GetTokenStream("name", text);
        var (term, increment, offset) = (stream.AddAttribute<ICharTermAttribute>(), stream.AddAttribute<IPositionIncrementAttribute>(), stream.AddAttribute<IOffsetAttribute>());
        var tokens = new List<string>();
        stream.Reset();
        for (var position = -1; stream.IncrementToken();)
        {
            position += increment.PositionIncrement;
            tokens.Add($"{term}@{position}:{offset.StartOffset}-{offset.EndOffset}");
        }

        stream.End();
        return string.Join(' ', tokens);
    }
}
