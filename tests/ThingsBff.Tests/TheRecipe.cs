namespace CloudNative.ThingsBff;

public sealed class TheRecipe
{
    private const string A = "33333333-1111-1111-1111-000000000000";
    private const string B = "33333333-1111-1111-2222-000000000000";

    [Fact]
    public async Task comes_out_request_by_request()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();

        (await service.AskAsync($$"""mutation { saveThing(input: { id: "{{A}}", name: "thing1", description: "This is thing one of two." }) { id } }"""))
            .ShouldBeJson($$$"""{"data":{"saveThing":{"id":"{{{A}}}"}}}""");
        (await service.AskAsync($$"""mutation { saveThing(input: { id: "{{B}}", name: "thing2", description: "This is thing two of two." }) { id } }"""))
            .ShouldBeJson($$$"""{"data":{"saveThing":{"id":"{{{B}}}"}}}""");
        (await service.AskAsync($$"""query { thing(id: "{{A}}") { id name description }}"""))
            .ShouldBeJson($$$"""{"data":{"thing":{"id":"{{{A}}}","name":"thing1","description":"This is thing one of two."}}}""");
        (await service.AskAsync("""query { things(name: "thing") { items { id name } cursor }}"""))
            .ShouldBeJson($$$"""{"data":{"things":{"items":[{"id":"{{{A}}}","name":"thing1"},{"id":"{{{B}}}","name":"thing2"}],"cursor":null}}}""");

        var first = (await service.AskAsync("""query { things(name: "thing", limit: 1) { items { id } cursor }}""")).Data("things");
        first.GetProperty("items").ShouldBeJson($$"""[{"id":"{{A}}"}]""");
        var cursor = first.GetProperty("cursor").GetString().ShouldNotBeNull();
        (await service.AskAsync($$"""query { things(name: "thing", limit: 1, cursor: "{{cursor}}") { items { id } cursor }}"""))
            .ShouldBeJson($$$"""{"data":{"things":{"items":[{"id":"{{{B}}}"}],"cursor":null}}}""");

        (await service.AskAsync($$"""mutation { deleteThing( id: "{{A}}" ) { id } }""")).ShouldBeJson($$$"""{"data":{"deleteThing":{"id":"{{{A}}}"}}}""");
        (await service.AskAsync($$"""mutation { deleteThing( id: "{{B}}" ) { id } }""")).ShouldBeJson($$$"""{"data":{"deleteThing":{"id":"{{{B}}}"}}}""");
        (await service.AskAsync("""query { things(name: "thing") { items { id } }}""")).ShouldBeJson("""{"data":{"things":{"items":[]}}}""");

        (await service.EventsAsync(4)).Select(told => told.Type).ShouldBe(["thing-created", "thing-created", "thing-deleted", "thing-deleted"], ignoreOrder: true);
    }
}
