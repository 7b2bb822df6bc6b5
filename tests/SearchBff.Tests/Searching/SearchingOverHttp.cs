using System.Text.Json.Nodes;
using CloudNative.SearchBff.Indexing;
using Microsoft.Extensions.DependencyInjection;
using static CloudNative.SearchBff.Tests.SearchService;

namespace CloudNative.SearchBff.Tests.Searching;

public sealed class SearchingOverHttp
{
    [Theory]
    [InlineData("")]
    [InlineData("?q=")]
    [InlineData("?q=%20%20")]
    [InlineData("?q=the")]
    [InlineData("?q=-")]
    [InlineData("?q=%22%28%5B%7B%3A*~%5C")]
    [InlineData("?q=name%3Aboots")]
    [InlineData("?q=%F0%9F%98%80%00%EF%BF%BF")]
    public async Task S6_what_finds_nothing_is_an_empty_array(string parameters)
    {
        await using var search = await StartAsync();

        (await search.GetAsync($"/search{parameters}")).ShouldBe((200, "[]", null));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("q=boots&cursor=nonsense", "cursor")]
    [InlineData("q=boots&cursor=WzEsMiwzXQ", "cursor")]
    [InlineData("q=boots&q=shoes", "q")]
    public async Task S6_a_bad_parameter_is_a_problem_that_names_it(string parameters, string name)
    {
        await using var search = await StartAsync();

        var (status, body, _) = await search.GetAsync($"/search?{parameters}");

        status.ShouldBe(400);
        JsonNode.Parse(body)!["errors"]!.AsObject().Single().Key.ShouldBe(name);
    }

    [Fact]
    public async Task S6_a_text_longer_than_anybody_types_is_refused()
    {
        await using var search = await StartAsync();

        (await search.GetAsync($"/search?q={new string('x', 257)}")).Status.ShouldBe(400);
        (await search.GetAsync($"/search?q={new string('x', 256)}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task S7_the_link_leads_through_all_pages()
    {
        await using var search = await StartAsync();
        foreach (var n in Enumerable.Range(0, 25))
            await search.TellAsync(Event("thing-created", $"t{n:00}", 1, "equal thing"));

        var ids = new List<string>();
        for (var next = "/search?q=equal%20thing&limit=10"; next is not null;)
        {
            (var status, var body, next) = await search.GetAsync(next);
            status.ShouldBe(200, body);
            ids.AddRange(JsonNode.Parse(body)!.AsArray().Select(hit => hit!["id"]!.GetValue<string>()));
        }

        ids.ShouldBe(Enumerable.Range(0, 25).Select(n => $"t{n:00}"));
    }

    [Fact]
    public async Task S7_a_cursor_belongs_to_its_query()
    {
        await using var search = await StartAsync();
        await search.TellAsync(Event("thing-created", "t1", 1, "thing"));
        await search.TellAsync(Event("thing-created", "t2", 1, "thing"));
        var (_, _, next) = await search.GetAsync("/search?q=thing&limit=1");

        var (status, body, _) = await search.GetAsync(next!.Replace("q=thing", "q=other", StringComparison.Ordinal));

        (status, body.Contains("is not a cursor of this search", StringComparison.Ordinal)).ShouldBe((400, true));
    }

    [Fact]
    public async Task accents_may_be_typed_composed_or_not()
    {
        await using var search = await StartAsync();
        await search.TellAsync(Event("thing-created", "t1", 1, "Cafe\u0301 table"));

        (await search.IdsAsync("café")).ShouldBe(["t1"]);
        (await search.IdsAsync("cafe\u0301")).ShouldBe(["t1"]);
        (await search.IdsAsync("cafe")).ShouldBe(["t1"]);
    }

    [Fact]
    public async Task S10_an_engine_that_is_away_is_503_and_events_wait()
    {
        var index = new MemoryIndex { IsAway = true };
        await using var search = await StartAsync(services => services.AddSingleton<ISearchIndex>(index));
        (await search.DeliverAsync(Event("thing-created", "t1", 1, "thing"))).ShouldBe("SUCCESS");

        (await search.NotifyAsync()).ShouldBe("RETRY");
        var (status, body, _) = await search.GetAsync("/search?q=thing");
        status.ShouldBe(503);
        JsonNode.Parse(body)!["title"]!.GetValue<string>().ShouldContain("away");

        index.IsAway = false;
        (await search.NotifyAsync()).ShouldBe("SUCCESS");
        (await search.IdsAsync("thing")).ShouldBe(["t1"]);
    }

    [Fact]
    public async Task S4_a_document_the_engine_refuses_becomes_one_fault_and_the_rest_land()
    {
        var index = new MemoryIndex { Refused = "t2" };
        await using var search = await StartAsync(services => services.AddSingleton<ISearchIndex>(index));
        foreach (var id in new[] { "t1", "t2", "t3" })
            await search.TellAsync(Event("thing-created", id, 1, "thing"));

        search.Published.Published.Count(published => published.Type == "fault").ShouldBe(1);
        var fault = JsonNode.Parse(search.Published.Published.Single(published => published.Type == "fault").Document.Span)!["fault"]!;
        fault["reason"]!.GetValue<string>().ShouldBe("the index refused the document: strict_dynamic_mapping_exception");
        (await search.IdsAsync("thing")).ShouldBe(["t1", "t3"]);
    }

    [Theory]
    [InlineData("/things/absent")]
    [InlineData("/things/..%2fsecret")]
    [InlineData("/things/%2e%2e")]
    public async Task S11_only_the_details_of_things_are_given_out(string path)
    {
        await using var search = await StartAsync();
        search.Bucket.Objects["secret"] = [1];

        (await search.GetAsync(path)).Status.ShouldBe(404);
    }
}
