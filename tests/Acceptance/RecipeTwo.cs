using System.Text.Json.Nodes;

namespace CloudNative.Acceptance;

/// <summary>The search BFF's recipe as it is printed, and things-bff's own things beside it.</summary>
public sealed class RecipeTwo(StackUnderTest stack)
{
    private const string Id = "33333333-2222-0000-1111-111111111111";
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);

    private readonly SidecarClient _sidecar = new(stack.Http, stack.Run["search-bff"].Http);
    private readonly SearchClient _search = new(stack.Http, stack.Run["search-bff"].Address);
    private readonly ThingsClient _things = new(stack.Http, stack.Run["things-bff"].Address);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_published_thing_is_found_and_its_url_answers_the_detail()
    {
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await _sidecar.PublishAsync("""{"type":"thing-created","thing":{"new":{"name":"thing three","id":"33333333-2222-0000-1111-111111111111"}}}""", Token);

        var hits = await UntilAsync("three", hits => hits.Any(hit => hit["id"]!.GetValue<string>() == Id));

        var hit = hits.Single(hit => hit["id"]!.GetValue<string>() == Id);
        JsonNode.DeepEquals(hit, JsonNode.Parse($$"""{"id":"{{Id}}","name":"thing three","url":"{{hit["url"]}}"}""")).ShouldBeTrue(hit.ToJsonString());
        var detail = await Eventually.ReadAsync(
            () => _search.DetailAsync(hit, Token), answer => JsonNode.Parse(answer.Body)!["asOf"]?.GetValue<long>() >= before - 60_000, _deadline, Token);
        var asOf = JsonNode.Parse(detail.Body)!["asOf"]!;
        detail.ShouldBe((200, $$"""{"asOf":{{asOf}},"name":"thing three","id":"{{Id}}"}"""));
    }

    [Fact]
    public async Task S1_what_things_bff_does_to_a_thing_is_searchable()
    {
        var word = $"w{Guid.NewGuid():N}";
        var id = $"searched-{word}";

        await SaveAsync(id, $"red {word}");
        (await UntilAsync(word, hits => hits.Count == 1))[0]["id"]!.GetValue<string>().ShouldBe(id);
        await SaveAsync(id, $"blue {word}");
        (await UntilAsync($"blue {word}", hits => hits.Count == 1))[0]["name"]!.GetValue<string>().ShouldBe($"blue {word}");
        (await _search.FindAsync($"red {word}", Token)).ShouldBeEmpty();
        var hit = (await _search.FindAsync(word, Token)).Single();
        await _things.DataAsync($$"""mutation { deleteThing(id: "{{id}}") { id } }""", Token);
        await UntilAsync(word, hits => hits.Count == 0);
        await Eventually.ReadAsync(() => _search.DetailAsync(hit, Token), answer => answer.Status == 404, _deadline, Token);
        await SaveAsync(id, $"green {word}");
        await UntilAsync($"green {word}", hits => hits.Count == 1);
    }

    [Fact]
    public async Task S9_a_rebuild_from_the_lake_leaves_every_search_as_it_was()
    {
        var word = $"w{Guid.NewGuid():N}";
        foreach (var n in Enumerable.Range(0, 20))
            await SaveAsync($"rebuilt-{word}-{n}", $"{word} {n}");
        await UntilAsync(word, hits => hits.Count == 20);

        await _search.RebuildAsync(Token);
        await Eventually.ReadAsync(() => _search.RebuildStateAsync(Token), state => state == "done", TimeSpan.FromSeconds(90), Token);

        (await _search.FindAsync(word, Token)).Count.ShouldBe(20);
        await SaveAsync($"rebuilt-{word}-0", $"{word} afterwards");
        await UntilAsync($"{word} afterwards", hits => hits.Count == 1);
    }

    private Task SaveAsync(string id, string name) =>
        _things.DataAsync("mutation($input: ThingInput) { saveThing(input: $input) { id } }", Token, new { input = new { id, name } });

    private async Task<IReadOnlyList<JsonObject>> UntilAsync(string text, Func<IReadOnlyList<JsonObject>, bool> holds) =>
        await Eventually.ReadAsync(() => _search.FindAsync(text, Token), holds, _deadline, Token);
}
