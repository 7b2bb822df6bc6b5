namespace CloudNative.ThingsBff;

public sealed class TheRecipe
{
    [Fact]
    public async Task comes_out_request_by_request()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();

        await AnswersAsync(
            service,
            """mutation { saveThing(input: { id: "<A>", name: "thing1", description: "This is thing one of two." }) { id } }""",
            """{"data":{"saveThing":{"id":"<A>"}}}""");
        await AnswersAsync(
            service,
            """mutation { saveThing(input: { id: "<B>", name: "thing2", description: "This is thing two of two." }) { id } }""",
            """{"data":{"saveThing":{"id":"<B>"}}}""");
        await AnswersAsync(
            service,
            """query { thing(id: "<A>") { id name description }}""",
            """{"data":{"thing":{"id":"<A>","name":"thing1","description":"This is thing one of two."}}}""");
        await AnswersAsync(
            service,
            """query { things(name: "thing") { items { id name } cursor }}""",
            """{"data":{"things":{"items":[{"id":"<A>","name":"thing1"},{"id":"<B>","name":"thing2"}],"cursor":null}}}""");

        var first = (await service.AskAsync("""query { things(name: "thing", limit: 1) { items { id } cursor }}""")).Data("things");
        first.GetProperty("items").ShouldBeJson(Ids("""[{"id":"<A>"}]"""));
        await AnswersAsync(
            service,
            """query { things(name: "thing", limit: 1, cursor: "<C>") { items { id } cursor }}""".Replace("<C>", first.GetProperty("cursor").GetString(), StringComparison.Ordinal),
            """{"data":{"things":{"items":[{"id":"<B>"}],"cursor":null}}}""");

        await AnswersAsync(service, """mutation { deleteThing( id: "<A>" ) { id } }""", """{"data":{"deleteThing":{"id":"<A>"}}}""");
        await AnswersAsync(service, """mutation { deleteThing( id: "<B>" ) { id } }""", """{"data":{"deleteThing":{"id":"<B>"}}}""");
        await AnswersAsync(service, """query { things(name: "thing") { items { id } }}""", """{"data":{"things":{"items":[]}}}""");

        (await service.EventsAsync(4)).Select(told => told.Type)
            .ShouldBe(["thing-created", "thing-created", "thing-deleted", "thing-deleted"], ignoreOrder: true);
    }

    private static async Task AnswersAsync(ThingsService service, string request, string answer) =>
        (await service.AskAsync(Ids(request))).ShouldBeJson(Ids(answer));

    private static string Ids(string text) => text
        .Replace("<A>", "33333333-1111-1111-1111-000000000000", StringComparison.Ordinal)
        .Replace("<B>", "33333333-1111-1111-2222-000000000000", StringComparison.Ordinal);
}
