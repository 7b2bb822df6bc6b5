using System.Text;
using CloudNative.SearchBff.Indexing;
using CsCheck;
using static CloudNative.SearchBff.Tests.Embedded.AnEmbeddedIndex;

namespace CloudNative.SearchBff.Tests.Embedded;

public sealed class TypingIntoTheSearchBox
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("boots", "t1 t7")]
    [InlineData("light shoes", "t2")]
    [InlineData("light -shoes", "t6")]
    [InlineData("zeppelin | boots", "t1 t7")]
    [InlineData("\"café table\"", "t4 t5")]
    [InlineData("\"cafe table\"", "t4 t5")]
    [InlineData("RUNS", "t2 t3")]
    [InlineData("run*", "t2 t3")]
    [InlineData("running*", "")]
    [InlineData("boots AND", "t1 t7")]
    [InlineData("\"boots", "t1 t7")]
    [InlineData("(boots", "t1 t7")]
    [InlineData("name:boots", "")]
    [InlineData("the of and", "")]
    [InlineData("*", "t1 t2 t3 t4 t5 t6 t7")]
    [InlineData("botos~", "t1 t7")]
    [InlineData("botos~1", "")]
    [InlineData("chiar~1", "t6 t5")]
    [InlineData("gardne~1 chair", "t5")]
    [InlineData("-", "")]
    public async Task S6_finds_what_OpenSearch_found_for_the_same_text(string text, string ids)
    {
        using var embedded = await WithTheSmallCorpusAsync();

        (await embedded.IdsAsync(text)).ShouldBe(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task S6_every_text_is_an_answer()
    {
        using var embedded = await WithTheSmallCorpusAsync();
        string[] parts = ["\"", "(", ")", "-", "+", "|", "*", "~", "~9", "\\", "/", "AND", "name:", "boots", "é", "e\u0301", "\U0001F600", " ", "[", "{a", "<x>", "'", "\0", "\uD800", "shoe~1", "\"a b\"~3"];

        await Gen.Int[0, parts.Length - 1].Array[0, 40].SampleAsync(
            async picked => (await embedded.Index.SearchAsync(new SearchRequest(string.Concat(picked.Select(n => parts[n])), 10, null), Token)).Things.Count.ShouldBeInRange(0, 7),
            iter: 2_000,
            threads: 1);
    }

    [Fact]
    public void composes_text_as_the_framework_would_with_full_globalization()
    {
        Unicode.Composed("Cafe\u0301").ShouldBe("Café");
        Unicode.Composed("и\u0306").ShouldBe("й");
        Unicode.Composed("plain").ShouldBe("plain");
        Unicode.Composed(null).ShouldBeNull();
        Encoding.UTF8.GetByteCount(Unicode.Composed("e\u0301")).ShouldBe(2);
    }

    private static async Task<AnEmbeddedIndex> WithTheSmallCorpusAsync()
    {
        var embedded = new AnEmbeddedIndex();
        await embedded.WriteAsync([.. RecordedFile.Read("corpus-small")["documents"]!.AsArray().Select(document => Entry(
            document!["id"]!.GetValue<string>(), 1, document["name"]!.GetValue<string>(), document["description"]!.GetValue<string>()))]);
        return embedded;
    }
}
