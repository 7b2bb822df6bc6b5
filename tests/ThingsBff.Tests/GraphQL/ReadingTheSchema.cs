using System.Net;

namespace CloudNative.ThingsBff.GraphQL;

public sealed class ReadingTheSchema
{
    [Fact]
    public async Task is_answered_as_text_to_GET_sdl()
    {
        await using var service = await ThingsService.StartAsync();

        using var response = await service.Http.GetAsync("/graphql?sdl", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        var sdl = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        sdl.ShouldContain("type Thing {");
        sdl.ShouldContain("thing(id: String!): Thing\n");
        sdl.ShouldContain("saveThing(input: ThingInput): Thing\n");
        sdl.ShouldContain("items: [Thing!]!\n");
        sdl.ShouldContain("deleteThing(");
    }

    [Fact]
    public async Task G9_is_possible_with_the_query_that_tools_send()
    {
        await using var service = await ThingsService.StartAsync();

        var body = await service.AskAsync(ToolQuery);

        var types = body.Data("__schema").GetProperty("types").EnumerateArray().ToDictionary(type => type.GetProperty("name").GetString()!);
        Fields(types["Thing"]).ShouldBe(["id: String!", "name: String", "description: String", "version: Int!"]);
        Fields(types["ThingConnection"]).ShouldBe(["items: [Thing!]!", "cursor: String"]);
        Fields(types["ThingInput"], "inputFields")
            .ShouldBe(["id: String", "name: String!", "description: String", "expectedVersion: Int", "clientMutationId: String"]);
        Fields(types["Query"]).ShouldBe(["thing: Thing", "things: ThingConnection"]);
        Fields(types["Mutation"]).ShouldBe(["saveThing: Thing", "deleteThing: Thing"]);
    }

    private static List<string> Fields(System.Text.Json.JsonElement type, string members = "fields") =>
        type.GetProperty(members).EnumerateArray().Select(field => $"{field.GetProperty("name")}: {Name(field.GetProperty("type"))}").ToList();

    private static string Name(System.Text.Json.JsonElement type) => type.GetProperty("kind").GetString() switch
    {
        "NON_NULL" => Name(type.GetProperty("ofType")) + "!",
        "LIST" => "[" + Name(type.GetProperty("ofType")) + "]",
        _ => type.GetProperty("name").GetString()!,
    };

    // As deep as the introspection query of the reference implementation: nine levels of ofType.
    private const string ToolQuery = """
        query IntrospectionQuery {
          __schema {
            queryType { name kind } mutationType { name kind } subscriptionType { name kind }
            types { ...FullType }
            directives { name description locations args { ...InputValue } }
          }
        }
        fragment FullType on __Type {
          kind name description
          fields(includeDeprecated: true) {
            name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
          }
          inputFields { ...InputValue }
          interfaces { ...TypeRef }
          enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
          possibleTypes { ...TypeRef }
        }
        fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
        fragment TypeRef on __Type {
          kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType {
            kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
        }
        """;
}
