using System.Diagnostics;
using System.Net;
using CloudNative.BuildingBlocks.Entities;

namespace CloudNative.ThingsBff;

public sealed class WhenTheStoreIsAway
{
    [Theory]
    [InlineData("""{ thing(id: "a") { id } }""", "thing")]
    [InlineData("""{ a: thing(id: "a") { id } b: things { cursor } }""", "a", "b")]
    [InlineData("{ things { cursor } }", "things")]
    [InlineData("""mutation { saveThing(input: { name: "one" }) { id } }""", "saveThing")]
    [InlineData("""mutation { deleteThing(id: "a") { id } }""", "deleteThing")]
    public async Task G11_every_field_fails_with_a_retryable_code_and_no_word_of_the_cause(string query, params string[] fields)
    {
        await using var service = await ThingsService.StartAsync(
            new InMemoryThings { Failure = new EntityStoreUnavailableException("secret address", new IOException("secret cause")) });

        var (status, body) = await service.PostAsync(query, accept: "application/graphql-response+json");

        status.ShouldBe(HttpStatusCode.OK);
        body.GetRawText().ShouldNotContain("secret");
        var errors = body.GetProperty("errors").EnumerateArray().ToList();
        errors.Select(error => error.GetProperty("path")[0].GetString()).ShouldBe(fields, ignoreOrder: true);
        foreach (var error in errors)
            error.GetProperty("extensions").ShouldBeJson("""{"code":"UNAVAILABLE","retryable":true}""");
        body.GetProperty("data").EnumerateObject().ShouldAllBe(field => field.Value.ValueKind == System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task G11_it_answers_again_once_the_store_is_back()
    {
        var things = new InMemoryThings { Failure = new EntityStoreUnavailableException("away") };
        await using var service = await ThingsService.StartAsync(things);
        (await service.AskAsync("""mutation { saveThing(input: { id: "a", name: "one" }) { id } }""")).ShouldBeRefused("UNAVAILABLE");

        things.Failure = null;

        (await service.AskAsync("""mutation { saveThing(input: { id: "a", name: "one" }) { id } }""")).ShouldBeJson("""{"data":{"saveThing":{"id":"a"}}}""");
    }

    [Theory]
    [InlineData("""{ thing(id: "a") { id } }""")]
    [InlineData("""{ a: thing(id: "a") { id } b: thing(id: "b") { id } }""")]
    [InlineData("{ things { cursor } }")]
    [InlineData("""mutation { saveThing(input: { id: "a", name: "two" }) { id } }""")]
    public async Task G11_a_store_that_refuses_is_told_within_the_deadline_and_recovers(string query)
    {
        await using var service = await ThingsService.StartOverEntityStoreAsync();
        await service.AskAsync("""mutation { saveThing(input: { id: "a", name: "one" }) { id } }""");
        await service.EventsAsync(1);
        var clock = Stopwatch.StartNew();

        service.State.Fail();
        var body = await service.AskAsync(query);

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
        body.GetProperty("errors")[0].GetProperty("extensions").ShouldBeJson("""{"code":"UNAVAILABLE","retryable":true}""");

        service.State.Recover();
        (await service.AskAsync(query)).TryGetProperty("errors", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task an_unexpected_failure_is_told_without_its_text()
    {
        await using var service = await ThingsService.StartAsync(new InMemoryThings { Failure = new FormatException("secret payload") });

        var body = await service.AskAsync("{ things { cursor } }");

        body.ShouldBeRefused("INTERNAL").ShouldBe("The request failed.");
        body.GetRawText().ShouldNotContain("secret");
    }
}
