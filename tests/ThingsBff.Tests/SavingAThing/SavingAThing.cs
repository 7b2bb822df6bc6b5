namespace CloudNative.ThingsBff.SavingAThing;

public sealed class SavingAThing
{
    private const string Save = "mutation ($input: ThingInput) { saveThing(input: $input) { id name description version } }";

    [Fact]
    public async Task G2_create_update_delete_and_undelete_each_tell_their_own_event_with_images()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();

        await service.AskAsync(Save, new { input = new { id = "a", name = "one", description = "first" } });
        await service.AskAsync(Save, new { input = new { id = "a", name = "two" } });
        await service.AskAsync("""mutation { deleteThing(id: "a") { id } }""");
        await service.AskAsync(Save, new { input = new { id = "a", name = "again" } });

        var events = await service.EventsAsync(4);
        events.Select(told => (told.Type, told.Version)).ShouldBe([("thing-created", 1), ("thing-updated", 2), ("thing-deleted", 3), ("thing-created", 4)]);
        events[0].Thing.ShouldBeJson("""{"new":{"id":"a","name":"one","description":"first"}}""");
        events[1].Thing.ShouldBeJson("""{"old":{"id":"a","name":"one","description":"first"},"new":{"id":"a","name":"two","description":"first"}}""");
        events[2].Thing.ShouldBeJson("""{"old":{"id":"a","name":"two","description":"first"}}""");
        events[3].Thing.ShouldBeJson("""{"new":{"id":"a","name":"again"}}""");
        events.ShouldAllBe(told => told.PartitionKey == "a");
    }

    [Fact]
    public async Task G2_that_changes_nothing_keeps_the_version_and_tells_nothing()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        await service.AskAsync(Save, new { input = new { id = "a", name = "one" } });

        var repeated = await service.AskAsync(Save, new { input = new { id = "a", name = "one", description = (string?)null } });

        repeated.Data("saveThing").ShouldBeJson("""{"id":"a","name":"one","description":null,"version":1}""");
        await service.AskAsync(Save, new { input = new { id = "a", name = "two" } });
        (await service.EventsAsync(2)).Select(told => told.Type).ShouldBe(["thing-created", "thing-updated"]);
    }

    [Theory]
    [InlineData("""mutation { saveThing(input: { id: "a", name: "two" }) { description } }""", "{}")]
    [InlineData("""mutation ($d: String) { saveThing(input: { id: "a", name: "two", description: $d }) { description } }""", "{}")]
    [InlineData("""mutation ($input: ThingInput) { saveThing(input: $input) { description } }""", """{"input":{"id":"a","name":"two"}}""")]
    public async Task G3_an_omitted_description_survives_an_update(string mutation, string variables)
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        await service.AskAsync(Save, new { input = new { id = "a", name = "one", description = "kept" } });

        var updated = await service.AskAsync(mutation, System.Text.Json.JsonDocument.Parse(variables).RootElement);

        updated.ShouldBeJson("""{"data":{"saveThing":{"description":"kept"}}}""");
    }

    [Theory]
    [InlineData("""mutation { saveThing(input: { id: "a", name: "two", description: null }) { description } }""", "{}")]
    [InlineData("""mutation ($d: String) { saveThing(input: { id: "a", name: "two", description: $d }) { description } }""", """{"d":null}""")]
    [InlineData("""mutation ($input: ThingInput) { saveThing(input: $input) { description } }""", """{"input":{"id":"a","name":"two","description":null}}""")]
    public async Task G3_an_explicit_null_clears_the_description(string mutation, string variables)
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        await service.AskAsync(Save, new { input = new { id = "a", name = "one", description = "gone" } });

        var updated = await service.AskAsync(mutation, System.Text.Json.JsonDocument.Parse(variables).RootElement);

        updated.ShouldBeJson("""{"data":{"saveThing":{"description":null}}}""");
        (await service.AskAsync("""{ thing(id: "a") { description } }""")).ShouldBeJson("""{"data":{"thing":{"description":null}}}""");
    }

    [Theory]
    [InlineData("""mutation { saveThing(input: { id: "a" }) { id } }""")]
    [InlineData("""mutation { saveThing(input: { id: "a", name: null }) { id } }""")]
    [InlineData("""mutation { saveThing(input: { id: "a", name: 5 }) { id } }""")]
    [InlineData("""mutation { saveThing(input: { id: "a", name: "one", color: "red" }) { id } }""")]
    [InlineData("""mutation { saveThing(input: { id: "a", name: "one", expectedVersion: "1" }) { id } }""")]
    [InlineData("""mutation { saveThing(input: null) { id } }""")]
    [InlineData("""mutation { saveThing { id } }""")]
    [InlineData("""mutation ($input: ThingInput) { saveThing(input: $input) { id } }""")]
    public async Task G3_without_what_is_required_is_a_typed_error_and_writes_nothing(string mutation)
    {
        await using var service = await ThingsService.StartAsync();

        (await service.AskAsync(mutation)).ShouldBeRefused("BAD_USER_INPUT");

        service.InMemory.Calls.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(UnfitTexts))]
    public async Task is_refused_when_a_text_does_not_fit_and_names_the_limit(string field, string text, string message)
    {
        await using var service = await ThingsService.StartAsync();
        var input = new Dictionary<string, string> { ["name"] = "one", [field] = text };

        (await service.AskAsync(Save, new { input })).ShouldBeRefused("BAD_USER_INPUT").ShouldBe(message);

        service.InMemory.Calls.ShouldBeEmpty();
    }

    public static TheoryData<string, string, string> UnfitTexts() => new()
    {
        { "id", "", "id must not be empty." },
        { "id", new string('x', 257), "id must have at most 256 characters." },
        { "id", "a\0b", "id must not contain a null character." },
        { "name", new string('x', 257), "name must have at most 256 characters." },
        { "name", new string('x', 1_000_000), "name must have at most 256 characters." },
        { "name", "\0", "name must not contain a null character." },
        { "description", "text\0", "description must not contain a null character." },
        { "clientMutationId", "", "clientMutationId must not be empty." },
        { "clientMutationId", new string('x', 257), "clientMutationId must have at most 256 characters." },
    };

    [Fact]
    public async Task is_refused_when_a_literal_is_no_unicode()
    {
        await using var service = await ThingsService.StartAsync();

        var body = await service.AskAsync("""mutation { saveThing(input: { name: "\ud800" }) { id } }""");

        body.ShouldBeRefused("BAD_USER_INPUT");
        service.InMemory.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task is_refused_when_the_event_would_be_too_large_and_names_the_limit()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();

        var body = await service.AskAsync(Save, new { input = new { id = "a", name = "one", description = new string('x', 100_000) } });

        body.ShouldBeRefused("BAD_USER_INPUT").ShouldContain("60");
        (await service.AskAsync("""{ thing(id: "a") { id } }""")).ShouldBeJson("""{"data":{"thing":null}}""");
    }

    [Fact]
    public async Task keeps_text_as_it_is()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        var name = "\"<b>' 🏃 \\ ${x} \u2028 " + new string('é', 200);

        await service.AskAsync(Save, new { input = new { id = "ünï/ cöde 🏊", name } });

        var body = await service.AskAsync("""query ($id: String!) { thing(id: $id) { name } }""", new { id = "ünï/ cöde 🏊" });
        body.Data("thing").GetProperty("name").GetString().ShouldBe(name);
    }

    [Theory]
    [InlineData("""mutation { saveThing(input: { name: "one" }) { id } }""")]
    [InlineData("""mutation { saveThing(input: { id: null, name: "one" }) { id } }""")]
    public async Task makes_an_id_when_there_is_none(string mutation)
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();

        var first = (await service.AskAsync(mutation)).Data("saveThing").GetProperty("id").GetString();
        var second = (await service.AskAsync(mutation)).Data("saveThing").GetProperty("id").GetString();

        Guid.TryParse(first, out _).ShouldBeTrue();
        second.ShouldNotBe(first);
    }

    [Fact]
    public async Task G4_of_two_writers_from_one_version_one_wins_and_the_other_gets_a_conflict()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        await service.AskAsync(Save, new { input = new { id = "a", name = "one" } });

        var bodies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            service.AskAsync(Save, new { input = new { id = "a", name = $"writer {i}", expectedVersion = 1 } })));

        var losers = bodies.Where(body => body.TryGetProperty("errors", out _)).ToList();
        losers.Count.ShouldBe(7);
        foreach (var loser in losers)
            loser.ShouldBeRefused("CONFLICT").ShouldBe("Version 1 was expected, but the thing is at version 2.");
        (await service.EventsAsync(2)).Select(told => told.Version).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task G4_expecting_version_0_creates_once()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        var input = new { id = "a", name = "one", expectedVersion = 0 };

        (await service.AskAsync(Save, new { input })).Data("saveThing").GetProperty("version").GetInt32().ShouldBe(1);
        (await service.AskAsync(Save, new { input })).ShouldBeRefused("CONFLICT").ShouldBe("Version 0 was expected, but the thing is at version 1.");
        (await service.AskAsync(Save, new { input = input with { id = "b", expectedVersion = 3 } }))
            .ShouldBeRefused("CONFLICT").ShouldBe("Version 3 was expected, but the thing does not exist.");
        (await service.AskAsync(Save, new { input = input with { expectedVersion = -1 } })).ShouldBeRefused("BAD_USER_INPUT");
    }

    [Fact]
    public async Task G5_the_same_mutation_id_twice_gives_the_same_answer_and_one_event()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        var input = new { id = "a", name = "one", clientMutationId = "m1" };

        var first = await service.AskAsync(Save, new { input });
        await service.AskAsync(Save, new { input = new { id = "a", name = "two" } });
        var again = await service.AskAsync(Save, new { input });

        again.ShouldBeJson(first.GetRawText());
        (await service.EventsAsync(2)).Select(told => told.Type).ShouldBe(["thing-created", "thing-updated"]);
    }

    [Fact]
    public async Task G5_without_an_id_a_repetition_answers_the_thing_the_first_try_made()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        var input = new { name = "one", clientMutationId = "m1" };

        var first = await service.AskAsync(Save, new { input });
        var again = await service.AskAsync(Save, new { input });

        again.ShouldBeJson(first.GetRawText());
        (await service.AskAsync("{ things { items { name } } }")).ShouldBeJson("""{"data":{"things":{"items":[{"name":"one"}]}}}""");
    }

    [Fact]
    public async Task G5_the_same_mutation_id_with_another_request_is_an_error()
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        await service.AskAsync(Save, new { input = new { id = "a", name = "one", clientMutationId = "m1" } });

        (await service.AskAsync(Save, new { input = new { id = "a", name = "two", clientMutationId = "m1" } })).ShouldBeRefused("MUTATION_ID_REUSED");
        (await service.AskAsync("""mutation { deleteThing(id: "a", clientMutationId: "m1") { id } }""")).ShouldBeRefused("MUTATION_ID_REUSED");
        (await service.AskAsync("""{ thing(id: "a") { name version } }""")).ShouldBeJson("""{"data":{"thing":{"name":"one","version":1}}}""");
    }
}
