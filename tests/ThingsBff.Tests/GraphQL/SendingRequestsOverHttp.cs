using System.Net;
using System.Text;
using System.Text.Json;

namespace CloudNative.ThingsBff.GraphQL;

public sealed class SendingRequestsOverHttp
{
    private const string GraphQLResponse = "application/graphql-response+json";

    [Theory]
    [InlineData("application/json", "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/*;q=0.5, text/plain", "application/json")]
    [InlineData(GraphQLResponse, GraphQLResponse)]
    [InlineData("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", GraphQLResponse)]
    [InlineData("application/graphql-response+json;q=0.5, application/json", "application/json")]
    public async Task is_answered_in_the_media_type_the_client_prefers(string accept, string expected)
    {
        await using var service = await ThingsService.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = Json("""{"query":"{ __typename }"}""") };
        request.Headers.Accept.ParseAdd(accept);

        using var response = await service.Http.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe(expected + "; charset=utf-8");
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("""{"data":{"__typename":"Query"}}""");
    }

    [Fact]
    public async Task is_answered_in_application_json_when_nothing_is_asked_for()
    {
        await using var service = await ThingsService.StartAsync();

        using var response = await service.Http.PostAsync("/graphql", Json("""{"query":"{ __typename }"}"""), TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    [Fact]
    public async Task is_refused_with_406_when_no_media_type_of_ours_is_accepted()
    {
        await using var service = await ThingsService.StartAsync();

        var (status, body) = await service.PostAsync("{ __typename }", accept: "image/png");

        status.ShouldBe(HttpStatusCode.NotAcceptable);
        body.ShouldBeRefused("BAD_USER_INPUT");
    }

    [Theory]
    [InlineData("""{"query":"{"}""")]
    [InlineData("""{"query":"{ nothing }"}""")]
    [InlineData("""{"query":""}""")]
    [InlineData("""{"query":"query A { __typename } query B { __typename }","operationName":"C"}""")]
    [InlineData("""{"query":"query ($id: String!) { thing(id: $id) { id } }","variables":{"id":null}}""")]
    [InlineData("""{"query":"query ($id: String!) { thing(id: $id) { id } }","variables":{"id":7}}""")]
    [InlineData("""{"query":"mutation { saveThing(input: { name: 5 }) { id } }"}""")]
    public async Task that_are_well_formed_but_cannot_be_executed_are_told_so_by_200_or_400_as_the_media_type_asks(string request)
    {
        await using var service = await ThingsService.StartAsync();

        var (legacyStatus, legacyBody) = await service.PostTextAsync(request);
        var (status, body) = await service.PostTextAsync(request, accept: GraphQLResponse);

        legacyStatus.ShouldBe(HttpStatusCode.OK);
        status.ShouldBe(HttpStatusCode.BadRequest);
        legacyBody.ShouldBeRefused("BAD_USER_INPUT");
        body.ShouldBeRefused("BAD_USER_INPUT");
        body.TryGetProperty("data", out _).ShouldBeFalse();
        service.InMemory.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task with_an_error_in_a_field_is_answered_200_because_it_was_executed()
    {
        await using var service = await ThingsService.StartAsync();

        var (status, body) = await service.PostAsync("""{ things(cursor: "forged") { cursor } }""", accept: GraphQLResponse);

        status.ShouldBe(HttpStatusCode.OK);
        body.ShouldBeRefused("BAD_USER_INPUT").ShouldBe("cursor is not one that a page of this query gave.");
        body.GetProperty("data").ShouldBeJson("""{"things":null}""");
        body.GetProperty("errors")[0].GetProperty("path").ShouldBeJson("""["things"]""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("NONSENSE")]
    [InlineData("""{"query":""")]
    [InlineData("""{"qeury":"{ __typename }"}""")]
    [InlineData("""{"query":7}""")]
    [InlineData("""{"query":null}""")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    [InlineData("""{"query":"{ __typename }","variables":[7]}""")]
    [InlineData("""{"query":"{ __typename }","variables":"{}"}""")]
    [InlineData("""{"query":"{ __typename }","extensions":7}""")]
    [InlineData("""{"query":"{ __typename }","operationName":{}}""")]
    [InlineData("""{"query":"{ things(name: \"\ud800\") { cursor } }"}""")]
    [InlineData("""{"query":"query ($n: String) { things(name: $n) { cursor } }","variables":{"n":"\ud800"}}""")]
    [InlineData("[]")]
    [InlineData("""[{"query":"{ __typename }"},7]""")]
    public async Task that_are_malformed_are_refused_with_400_whatever_the_media_type(string text)
    {
        await using var service = await ThingsService.StartAsync();

        var (legacyStatus, legacyBody) = await service.PostTextAsync(text);
        var (status, body) = await service.PostTextAsync(text, accept: GraphQLResponse);

        legacyStatus.ShouldBe(HttpStatusCode.BadRequest);
        status.ShouldBe(HttpStatusCode.BadRequest);
        legacyBody.ShouldBeRefused("BAD_USER_INPUT");
        body.ShouldBeRefused("BAD_USER_INPUT");
    }

    [Fact]
    public async Task is_refused_with_400_when_json_is_nested_beyond_measure()
    {
        await using var service = await ThingsService.StartAsync();
        var nested = new string('[', 10_000) + new string(']', 10_000);

        var (status, body) = await service.PostTextAsync("""{"query":"{ __typename }","variables":{"x":""" + nested + "}}");

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.ShouldBeRefused("BAD_USER_INPUT");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/graphql")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task is_refused_with_415_unless_the_body_is_json_in_utf8(string? contentType)
    {
        await using var service = await ThingsService.StartAsync();

        var (status, body) = await service.PostTextAsync("""{"query":"{ __typename }"}""", contentType);

        status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        body.ShouldBeRefused("BAD_USER_INPUT");
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON; charset=\"UTF-8\"")]
    public async Task is_read_as_utf8_when_the_content_type_says_so(string contentType)
    {
        await using var service = await ThingsService.StartAsync();

        var (status, body) = await service.PostTextAsync("""{"query":"{ __type(name: \"Run🏃\") { name } }"}""", contentType);

        status.ShouldBe(HttpStatusCode.OK);
        body.ShouldBeJson("""{"data":{"__type":null}}""");
    }

    [Fact]
    public async Task is_refused_with_413_when_the_body_is_larger_than_the_limit()
    {
        await using var service = await ThingsService.StartAsync(settings: ("GraphQL:MaxRequestBytes", "2000"));

        var (status, body) = await service.PostAsync("{ __typename }" + new string(' ', 2_000));

        status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        body.ShouldBeRefused("BAD_USER_INPUT").ShouldBe("The body is too large.");
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task is_refused_with_405_for_other_methods(string method)
    {
        await using var service = await ThingsService.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/graphql");

        using var response = await service.Http.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.Order().ShouldBe(["GET", "POST"]);
    }

    [Fact]
    public async Task by_GET_reads_with_variables_and_an_operation_name()
    {
        await using var service = await ThingsService.StartAsync();
        await service.AskAsync("""mutation { saveThing(input: { id: "a", name: "one" }) { id } }""");
        var query = Uri.EscapeDataString("query Q($id: String!) { thing(id: $id) { name } } query R { __typename }");
        var variables = Uri.EscapeDataString("""{"id":"a"}""");

        var (status, body) = await service.GetAsync($"/graphql?query={query}&operationName=Q&variables={variables}");

        status.ShouldBe(HttpStatusCode.OK);
        body.ShouldBeJson("""{"data":{"thing":{"name":"one"}}}""");
    }

    [Theory]
    [InlineData("mutation { deleteThing(id: \"a\") { id } }", "")]
    [InlineData("query Q { __typename } mutation M { deleteThing(id: \"a\") { id } }", "M")]
    public async Task by_GET_never_mutates_and_is_refused_with_405(string query, string name)
    {
        await using var service = await ThingsService.StartAsync();

        using var response = await service.Http.GetAsync(
            $"/graphql?query={Uri.EscapeDataString(query)}&operationName={name}", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["POST"]);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        body.RootElement.ShouldBeRefused("BAD_USER_INPUT").ShouldBe("A mutation must be sent by POST.");
        service.InMemory.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/graphql")]
    [InlineData("/graphql?query=%7B__typename%7D&variables=%5B7%5D")]
    [InlineData("/graphql?query=%7B__typename%7D&variables=%7B")]
    public async Task by_GET_is_refused_with_400_when_malformed(string address)
    {
        await using var service = await ThingsService.StartAsync();

        var (status, body) = await service.GetAsync(address);

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.ShouldBeRefused("BAD_USER_INPUT");
    }

    [Fact]
    public async Task in_a_batch_is_answered_in_order_each_with_its_own_errors()
    {
        await using var service = await ThingsService.StartAsync();

        var (status, body) = await service.PostTextAsync("""
            [{"query":"mutation { saveThing(input: { id: \"a\", name: \"one\" }) { version } }"},
             {"query":"{ nothing }"},
             {"query":"{ thing(id: \"a\") { name } }"}]
            """);

        status.ShouldBe(HttpStatusCode.OK);
        body.GetArrayLength().ShouldBe(3);
        body[0].ShouldBeJson("""{"data":{"saveThing":{"version":1}}}""");
        body[1].ShouldBeRefused("BAD_USER_INPUT");
        body[2].ShouldBeJson("""{"data":{"thing":{"name":"one"}}}""");
    }

    [Fact]
    public async Task in_a_batch_that_is_too_large_are_refused_with_400_and_none_is_executed()
    {
        await using var service = await ThingsService.StartAsync();
        var one = """{"query":"mutation { saveThing(input: { name: \"one\" }) { id } }"}""";

        var (status, body) = await service.PostTextAsync($"[{string.Join(',', Enumerable.Repeat(one, 11))}]");

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.ShouldBeRefused("BAD_USER_INPUT").ShouldBe("A batch has 1 to 10 operations; this one has 11.");
        service.InMemory.Calls.ShouldBeEmpty();
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
