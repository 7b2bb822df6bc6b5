using System.Net;
using System.Text;

namespace CloudNative.ThingsBff.GraphQL;

public sealed class LimitingAQuery
{
    [Fact]
    public async Task G9_a_query_nested_too_deep_is_refused()
    {
        await using var service = await ThingsService.StartAsync();

        var body = await service.AskAsync("{ __type(name: \"Thing\") { " + Nested("fields { type {", 8) + " name " + Nested("} }", 8) + " } }");

        body.ShouldBeRefused("BAD_USER_INPUT").ShouldBe("The document is nested deeper than 15 levels.");
    }

    [Fact]
    public async Task G9_a_query_nested_as_deep_as_allowed_is_answered()
    {
        await using var service = await ThingsService.StartAsync();

        var body = await service.AskAsync("{ __type(name: \"Thing\") { ofType { " + Nested("ofType {", 11) + " kind " + Nested("}", 11) + " } } }");

        body.Data("__type").ShouldBeJson("""{"ofType":null}""");
    }

    [Fact]
    public async Task G9_a_flood_of_aliases_is_refused_before_anything_is_read()
    {
        await using var service = await ThingsService.StartAsync();
        var query = "{" + string.Concat(Enumerable.Range(0, 51).Select(i => $" a{i}: __typename")) + " }";

        var body = await service.AskAsync(query);

        body.ShouldBeRefused("BAD_USER_INPUT").ShouldBe("The document has more than 50 aliases.");
        service.InMemory.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task G9_a_query_that_asks_for_too_much_is_refused_with_the_limit()
    {
        await using var service = await ThingsService.StartAsync();
        var page = " items { id name description version } cursor ";

        var body = await service.AskAsync($"{{ a: things(limit: 100) {{{page}}} b: things(limit: 100) {{{page}}} c: things {{{page}}} }}");

        body.ShouldBeRefused("BAD_USER_INPUT").ShouldContain("at most 1000 is allowed");
        service.InMemory.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task G9_a_page_size_in_a_variable_counts_as_the_largest()
    {
        await using var service = await ThingsService.StartAsync(settings: ("GraphQL:MaxComplexity", "300"));
        var query = "query ($n: Int) { things(limit: $n) { items { id name description version } } }";

        (await service.AskAsync(query, new { n = 1 })).ShouldBeRefused("BAD_USER_INPUT");
        (await service.AskAsync(query.Replace("$n)", "1)", StringComparison.Ordinal).Replace("($n: Int)", "", StringComparison.Ordinal)))
            .Data("things").ShouldBeJson("""{"items":[]}""");
    }

    [Fact]
    public async Task G9_fragments_that_double_with_every_line_are_refused_at_once()
    {
        await using var service = await ThingsService.StartAsync();
        var bomb = new StringBuilder("{ ...f0 }");
        for (var level = 0; level < 28; level++)
            bomb.Append($" fragment f{level} on Query {{ ...f{level + 1} ...f{level + 1} }}");
        bomb.Append(" fragment f28 on Query { __typename }");

        (await service.AskAsync(bomb.ToString())).ShouldBeRefused("BAD_USER_INPUT").ShouldContain("complexity");
    }

    [Fact]
    public async Task G9_a_long_chain_of_fragments_is_refused_and_the_service_lives_on()
    {
        await using var service = await ThingsService.StartAsync();
        var chain = new StringBuilder("{ ...f0 }");
        for (var level = 0; level < 20_000; level++)
            chain.Append($" fragment f{level} on Query {{ ...f{level + 1} }}");
        chain.Append(" fragment f20000 on Query { __typename }");

        (await service.AskAsync(chain.ToString())).ShouldBeRefused("BAD_USER_INPUT");
        (await service.AskAsync("{ __typename }")).ShouldBeJson("""{"data":{"__typename":"Query"}}""");
    }

    [Theory]
    [InlineData("{ ...f } fragment f on Query { ...f }")]
    [InlineData("{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }")]
    public async Task G9_fragments_in_a_circle_are_refused(string query)
    {
        await using var service = await ThingsService.StartAsync();

        var body = await service.AskAsync(query);

        body.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString().ShouldBe("BAD_USER_INPUT");
        body.TryGetProperty("data", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task G9_twenty_aliased_things_are_read_in_one_call()
    {
        await using var service = await ThingsService.StartAsync();
        await service.AskAsync("""mutation { saveThing(input: { id: "t7", name: "seven" }) { id } }""");
        var query = "{" + string.Concat(Enumerable.Range(0, 20).Select(i => $" a{i}: thing(id: \"t{i}\") {{ name }}")) + " }";

        var body = await service.AskAsync(query);

        service.InMemory.Calls.ShouldBe(["Mutate", "FindMany 20"]);
        body.Data("a7").ShouldBeJson("""{"name":"seven"}""");
        body.Data("a8").ShouldBeJson("null");
    }

    [Fact]
    public async Task G9_the_same_thing_asked_for_twice_is_read_once()
    {
        await using var service = await ThingsService.StartAsync();

        await service.AskAsync("""{ a: thing(id: "x") { id } b: thing(id: "x") { id } }""");

        service.InMemory.Calls.ShouldBe(["Find"]);
    }

    [Theory]
    [InlineData("{ __schema { queryType { name } } }")]
    [InlineData("{ ...f } fragment f on Query { __type(name: \"Thing\") { name } }")]
    public async Task G9_introspection_is_refused_when_switched_off(string query)
    {
        await using var service = await ThingsService.StartAsync(settings: ("GraphQL:Introspection", "false"));

        (await service.AskAsync(query)).ShouldBeRefused("BAD_USER_INPUT").ShouldBe("Introspection is switched off.");
        (await service.AskAsync("{ __typename }")).ShouldBeJson("""{"data":{"__typename":"Query"}}""");
        var (status, _) = await service.GetAsync("/graphql?sdl");
        status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task is_checked_again_for_its_variables_when_the_document_is_known()
    {
        await using var service = await ThingsService.StartAsync();
        var query = "query ($id: String!) { thing(id: $id) { id } }";

        (await service.AskAsync(query, new { id = "x" })).ShouldBeJson("""{"data":{"thing":null}}""");
        (await service.AskAsync(query, new { id = (string?)null })).ShouldBeRefused("BAD_USER_INPUT");
        (await service.AskAsync(query, new { id = "y" })).ShouldBeJson("""{"data":{"thing":null}}""");
    }

    private static string Nested(string text, int times) => string.Join(' ', Enumerable.Repeat(text, times));
}
