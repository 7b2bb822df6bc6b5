using GraphQLParser.AST;

namespace CloudNative.ThingsBff.GraphQL;

public sealed class KeepingDocuments
{
    [Fact]
    public void a_document_is_found_by_its_exact_text()
    {
        var cache = new DocumentCache(10);
        var document = new GraphQLDocument([]);

        cache.Add("{ a }", document);

        cache.Find("{ a }").ShouldBeSameAs(document);
        cache.Find("{ a  }").ShouldBeNull();
    }

    [Fact]
    public void a_flood_of_others_drops_what_is_not_used_and_keeps_what_is()
    {
        var cache = new DocumentCache(10);
        var used = new GraphQLDocument([]);
        cache.Add("used", used);
        cache.Add("unused", new GraphQLDocument([]));

        for (var i = 0; i < 100; i++)
        {
            cache.Add($"other {i}", new GraphQLDocument([]));
            cache.Find("used").ShouldBeSameAs(used);
        }

        cache.Find("unused").ShouldBeNull();
        Enumerable.Range(0, 100).Count(i => cache.Find($"other {i}") is not null).ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public void a_very_long_document_is_not_kept()
    {
        var cache = new DocumentCache(10);
        var text = new string('x', 8_193);

        cache.Add(text, new GraphQLDocument([]));

        cache.Find(text).ShouldBeNull();
    }
}
