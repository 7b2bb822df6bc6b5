namespace CloudNative.ThingsBff.DeletingAThing;

public sealed class DeletingAThing
{
    [Fact]
    public async Task G6_of_an_unknown_id_answers_the_id_and_tells_nothing()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();

        (await service.AskAsync("""mutation { deleteThing(id: "never") { id name version } }"""))
            .ShouldBeJson("""{"data":{"deleteThing":{"id":"never","name":null,"version":0}}}""");

        await service.AskAsync("""mutation { saveThing(input: { id: "never", name: "now" }) { id } }""");
        (await service.EventsAsync(1)).Select(told => (told.Type, told.Version)).ShouldBe([("thing-created", 1)]);
    }

    [Fact]
    public async Task G6_is_repeatable_and_a_recreated_thing_goes_on_with_a_higher_version()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        await service.AskAsync("""mutation { saveThing(input: { id: "a", name: "one" }) { id } }""");

        var first = await service.AskAsync("""mutation { deleteThing(id: "a") { id version } }""");
        var again = await service.AskAsync("""mutation { deleteThing(id: "a") { id version } }""");
        var recreated = await service.AskAsync("""mutation { saveThing(input: { id: "a", name: "two", expectedVersion: 0 }) { version } }""");

        first.ShouldBeJson("""{"data":{"deleteThing":{"id":"a","version":0}}}""");
        again.ShouldBeJson(first.GetRawText());
        recreated.ShouldBeJson("""{"data":{"saveThing":{"version":3}}}""");
        (await service.EventsAsync(3)).Select(told => told.Type).ShouldBe(["thing-created", "thing-deleted", "thing-created"]);
    }

    [Fact]
    public async Task G4_at_another_version_than_expected_is_a_conflict_and_deletes_nothing()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        await service.AskAsync("""mutation { saveThing(input: { id: "a", name: "one" }) { id } }""");

        (await service.AskAsync("""mutation { deleteThing(id: "a", expectedVersion: 2) { id } }""")).ShouldBeRefused("CONFLICT");

        (await service.AskAsync("""{ thing(id: "a") { name } }""")).ShouldBeJson("""{"data":{"thing":{"name":"one"}}}""");
        (await service.AskAsync("""mutation { deleteThing(id: "a", expectedVersion: 1) { id } }""")).Data("deleteThing").ShouldBeJson("""{"id":"a"}""");
    }

    [Fact]
    public async Task G5_under_a_mutation_id_answers_a_repetition_as_the_first_time()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        await service.AskAsync("""mutation { saveThing(input: { id: "a", name: "one" }) { id } }""");
        var mutation = """mutation { deleteThing(id: "a", expectedVersion: 1, clientMutationId: "m1") { id version } }""";

        var first = await service.AskAsync(mutation);
        await service.AskAsync("""mutation { saveThing(input: { id: "a", name: "two" }) { id } }""");
        var again = await service.AskAsync(mutation);

        first.ShouldBeJson("""{"data":{"deleteThing":{"id":"a","version":0}}}""");
        again.ShouldBeJson(first.GetRawText());
        (await service.AskAsync("""{ thing(id: "a") { name } }""")).ShouldBeJson("""{"data":{"thing":{"name":"two"}}}""");
    }

    [Fact]
    public async Task takes_an_id_written_as_a_number()
    {
        await using var service = await ThingsService.StartAsync();

        (await service.AskAsync("mutation { deleteThing(id: 5) { id } }")).ShouldBeJson("""{"data":{"deleteThing":{"id":"5"}}}""");
    }

    [Theory]
    [InlineData("mutation { deleteThing { id } }")]
    [InlineData("mutation { deleteThing(id: null) { id } }")]
    [InlineData("""mutation { deleteThing(id: "") { id } }""")]
    [InlineData("""mutation { deleteThing(id: "a\u0000b") { id } }""")]
    [InlineData("""mutation { deleteThing(id: "a", expectedVersion: -1) { id } }""")]
    [InlineData("mutation { deleteThing(id: 1.5) { id } }")]
    public async Task with_input_that_cannot_be_is_refused_and_writes_nothing(string mutation)
    {
        await using var service = await ThingsService.StartAsync();

        (await service.AskAsync(mutation)).ShouldBeRefused("BAD_USER_INPUT");

        service.InMemory.Calls.ShouldBeEmpty();
    }
}
