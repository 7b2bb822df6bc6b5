using System.Text.Json;

namespace CloudNative.ThingsBff.FindingThings;

public sealed class FindingThings
{
    private const string List = "query ($name: String, $limit: Int, $cursor: String) { things(name: $name, limit: $limit, cursor: $cursor) { items { id name } cursor } }";

    [Fact]
    public async Task by_an_unknown_id_answers_null()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();

        (await service.AskAsync("""{ thing(id: "never") { id } }""")).ShouldBeJson("""{"data":{"thing":null}}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task by_an_id_that_cannot_be_answers_null_without_a_read(string id)
    {
        await using var service = await ThingsService.StartAsync();

        (await service.AskAsync("query ($id: String!) { thing(id: $id) { id } }", new { id })).ShouldBeJson("""{"data":{"thing":null}}""");

        service.InMemory.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task G7_every_item_comes_once_on_full_pages_and_the_last_has_no_cursor()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        var saved = await SaveAsync(service, Enumerable.Range(0, 25).Select(i => $"thing {i}"));

        var pages = new List<JsonElement>();
        string? cursor = null;
        do
        {
            pages.Add((await service.AskAsync(List, new { limit = 10, cursor })).Data("things"));
            cursor = pages[^1].GetProperty("cursor").GetString();
        }
        while (cursor is not null && pages.Count < 10);

        pages.Select(page => page.GetProperty("items").GetArrayLength()).ShouldBe([10, 10, 5]);
        pages.SelectMany(page => page.GetProperty("items").EnumerateArray()).Select(item => item.GetProperty("id").GetString()!)
            .ShouldBe(saved, ignoreOrder: true);
    }

    [Fact]
    public async Task G7_a_cursor_that_is_forged_or_belongs_to_another_filter_is_the_clients_error()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        await SaveAsync(service, ["thing 1", "thing 2", "thing 3"]);
        var cursor = (await service.AskAsync(List, new { name = "thing", limit = 1 })).Data("things").GetProperty("cursor").GetString()!;
        var tampered = (cursor[0] == 'A' ? 'B' : 'A') + cursor[1..];

        foreach (var (name, wrong) in new[] { ("other", cursor), ("thing", tampered), ("thing", "nonsense"), ("thing", ""), ("thing", new string('A', 100_000)), ("thing", "\0") })
            (await service.AskAsync(List, new { name, limit = 1, cursor = wrong })).ShouldBeRefused("BAD_USER_INPUT").ShouldContain("cursor");
    }

    [Theory]
    [InlineData("50%")]
    [InlineData("a_b")]
    [InlineData("\"quoted\"")]
    [InlineData("it's")]
    [InlineData("(x OR y) AND *")]
    [InlineData("🏃")]
    [InlineData("\\")]
    [InlineData("GRÜN")]
    public async Task G8_filter_text_is_text_and_ignores_case(string text)
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        await SaveAsync(service, [$"before {text} after", "something else", "500 axb quoted its x y grun"]);

        var found = (await service.AskAsync(List, new { name = text.ToLowerInvariant() })).Data("things").GetProperty("items");

        found.EnumerateArray().Select(item => item.GetProperty("name").GetString()).ShouldBe([$"before {text} after"]);
    }

    [Theory]
    [InlineData("{ things { items { id } } }")]
    [InlineData("{ things(name: null, limit: null, cursor: null) { items { id } } }")]
    [InlineData("{ things(name: \"\") { items { id } } }")]
    public async Task G8_no_filter_lists_all(string query)
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        await SaveAsync(service, ["one", "two", "three"]);

        (await service.AskAsync(query)).Data("things").GetProperty("items").GetArrayLength().ShouldBe(3);
    }

    [Theory]
    [InlineData(null, 40)]
    [InlineData(0, 1)]
    [InlineData(-5, 1)]
    [InlineData(int.MinValue, 1)]
    [InlineData(7, 7)]
    [InlineData(100, 100)]
    [InlineData(101, 100)]
    [InlineData(int.MaxValue, 100)]
    public async Task G8_the_limit_is_clamped(int? limit, int expected)
    {
        await using var service = await ThingsService.StartAsync();
        await SaveAsync(service, Enumerable.Range(0, 101).Select(i => $"thing {i}"));

        var page = (await service.AskAsync(List, new { limit })).Data("things");

        page.GetProperty("items").GetArrayLength().ShouldBe(expected);
        page.GetProperty("cursor").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Theory]
    [InlineData("{ things(limit: 99999999999) { cursor } }")]
    [InlineData("{ things(limit: \"7\") { cursor } }")]
    [InlineData("{ things(limit: 1.5) { cursor } }")]
    [InlineData("{ things(name: 7) { cursor } }")]
    [InlineData("{ things(name: \"a\\u0000b\") { cursor } }")]
    [InlineData("{ thing { id } }")]
    [InlineData("{ thing(id: \"a\") }")]
    public async Task with_input_of_the_wrong_type_is_refused_without_a_read(string query)
    {
        await using var service = await ThingsService.StartAsync();

        (await service.AskAsync(query)).ShouldBeRefused("BAD_USER_INPUT");

        service.InMemory.Calls.ShouldBeEmpty();
    }

    private static async Task<List<string>> SaveAsync(ThingsService service, IEnumerable<string> names)
    {
        var ids = new List<string>();
        foreach (var name in names)
        {
            var body = await service.AskAsync("mutation ($name: String!) { saveThing(input: { name: $name }) { id } }", new { name });
            ids.Add(body.Data("saveThing").GetProperty("id").GetString()!);
        }

        return ids;
    }
}
