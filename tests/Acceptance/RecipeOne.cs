using System.Text.Json.Nodes;

namespace CloudNative.Acceptance;

/// <summary>The GraphQL CRUD BFF's recipe, request by request as it is printed.</summary>
[Collection("recipe 1")]
public sealed class RecipeOne(StackUnderTest stack)
{
    private const string A = "33333333-1111-1111-1111-000000000000";
    private const string B = "33333333-1111-1111-2222-000000000000";

    private readonly ThingsClient _things = new(stack.Http, stack.Run["things-bff"].Address);
    private readonly LakeClient _lake = new(stack.Http, stack.Run["data-lake"].Address);

    [Fact]
    public async Task answers_every_request_as_printed_and_each_change_is_an_event_in_the_lake()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await AnswerAsync("""mutation { deleteThing( id: "<A>" ) { id } }""", """{"deleteThing":{"id":"<A>"}}""");
        await AnswerAsync("""mutation { deleteThing( id: "<B>" ) { id } }""", """{"deleteThing":{"id":"<B>"}}""");
        var before = (await _lake.EventsAsync($"partitionKey={A}&limit=1000", cancellation)).Count;
        var beforeB = (await _lake.EventsAsync($"partitionKey={B}&limit=1000", cancellation)).Count;

        await AnswerAsync(
            """mutation { saveThing(input: { id: "<A>", name: "thing1", description: "This is thing one of two." }) { id } }""",
            """{"saveThing":{"id":"<A>"}}""");
        await AnswerAsync(
            """mutation { saveThing(input: { id: "<B>", name: "thing2", description: "This is thing two of two." }) { id } }""",
            """{"saveThing":{"id":"<B>"}}""");
        await AnswerAsync(
            """query { thing(id: "<A>") { id name description }}""",
            """{"thing":{"id":"<A>","name":"thing1","description":"This is thing one of two."}}""");
        await AnswerAsync(
            """query { things(name: "thing") { items { id name } cursor }}""",
            """{"things":{"items":[{"id":"<A>","name":"thing1"},{"id":"<B>","name":"thing2"}],"cursor":null}}""");
        var cursor = await FirstPageAsync();
        await AnswerAsync(
            $$$"""query { things(name: "thing", limit: 1, cursor: "{{{cursor}}}") { items { id name } cursor }}""",
            """{"things":{"items":[{"id":"<B>","name":"thing2"}],"cursor":null}}""");
        await AnswerAsync("""mutation { deleteThing( id: "<A>" ) { id } }""", """{"deleteThing":{"id":"<A>"}}""");
        await AnswerAsync("""mutation { deleteThing( id: "<B>" ) { id } }""", """{"deleteThing":{"id":"<B>"}}""");
        await AnswerAsync("""query { things(name: "thing") { items { id } }}""", """{"things":{"items":[]}}""");

        await EventsAsync(A, before, "thing1", "This is thing one of two.");
        await EventsAsync(B, beforeB, "thing2", "This is thing two of two.");
    }

    private async Task<string> FirstPageAsync()
    {
        var data = await _things.DataAsync("""query { things(name: "thing", limit: 1) { items { id name } cursor }}""", TestContext.Current.CancellationToken);
        data["things"]!["items"]!.ToJsonString().ShouldBe($$"""[{"id":"{{A}}","name":"thing1"}]""");
        return data["things"]!["cursor"]!.GetValue<string>();
    }

    private async Task AnswerAsync(string query, string data)
    {
        var answer = await _things.DataAsync(WithIds(query), TestContext.Current.CancellationToken);
        JsonNode.DeepEquals(answer, JsonNode.Parse(WithIds(data))).ShouldBeTrue($"{query}\n{answer.ToJsonString()}");
    }

    private static string WithIds(string text) => text.Replace("<A>", A, StringComparison.Ordinal).Replace("<B>", B, StringComparison.Ordinal);

    private async Task EventsAsync(string id, int before, string name, string description)
    {
        var events = (await _lake.UntilAsync($"partitionKey={id}&limit=1000", before + 2, TestContext.Current.CancellationToken)).Skip(before).ToList();
        var image = $$"""{"id":"{{id}}","name":"{{name}}","description":"{{description}}"}""";
        events.Select(e => e["type"]!.GetValue<string>()).ShouldBe(["thing-created", "thing-deleted"]);
        events.ShouldAllBe(e => e["partitionKey"]!.GetValue<string>() == id);
        Same(events[0]["thing"], $$"""{"new":{{image}}}""");
        Same(events[1]["thing"], $$"""{"old":{{image}}}""");
        (events[1]["version"]!.GetValue<long>() - events[0]["version"]!.GetValue<long>()).ShouldBe(1);
    }

    private static void Same(JsonNode? actual, string expected) =>
        JsonNode.DeepEquals(actual, JsonNode.Parse(expected)).ShouldBeTrue(actual?.ToJsonString());
}
