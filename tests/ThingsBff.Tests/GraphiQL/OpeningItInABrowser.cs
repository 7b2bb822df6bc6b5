using System.Net;

namespace CloudNative.ThingsBff.GraphiQL;

public sealed class OpeningItInABrowser
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

    [Fact]
    public async Task shows_a_plain_page_with_the_schema_where_GraphiQL_is_not_installed()
    {
        await using var service = await ThingsService.StartAsync();

        var (response, page) = await OpenAsync(service, "/graphql");

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        page.ShouldContain("<textarea id=\"query\"");
        page.ShouldContain("thing(id: String!): Thing");
    }

    [Fact]
    public async Task shows_no_schema_when_introspection_is_switched_off()
    {
        await using var service = await ThingsService.StartAsync(settings: ("GraphQL:Introspection", "false"));

        var (_, page) = await OpenAsync(service, "/graphql");

        page.ShouldContain("<textarea id=\"query\"");
        page.ShouldNotContain("thing(id: String!): Thing");
    }

    [Fact]
    public async Task shows_GraphiQL_once_it_is_installed()
    {
        using var folder = new InstalledGraphiQL();
        await using var service = await ThingsService.StartAsync(settings: ("GraphiQL:Folder", folder.Path));

        var (_, page) = await OpenAsync(service, "/graphql?query=%7B__typename%7D");
        var (script, text) = await OpenAsync(service, "/graphql/assets/graphiql.min.js");

        page.ShouldContain("graphiql-start.js");
        script.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        text.ShouldBe("// graphiql.min.js");
    }

    [Theory]
    [InlineData("plain.js", "text/javascript")]
    [InlineData("graphiql-start.js", "text/javascript")]
    [InlineData("pages.css", "text/css")]
    public async Task gets_its_scripts_and_styles_from_the_service_itself(string name, string mediaType)
    {
        await using var service = await ThingsService.StartAsync();

        var (response, text) = await OpenAsync(service, "/graphql/assets/" + name);

        response.Content.Headers.ContentType!.MediaType.ShouldBe(mediaType);
        text.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("graphiql.min.js")]
    [InlineData("plain.html")]
    [InlineData("..%2F..%2Fappsettings.json")]
    [InlineData("install.lock")]
    public async Task gets_404_for_anything_else(string name)
    {
        await using var service = await ThingsService.StartAsync();

        using var response = await service.Http.GetAsync("/graphql/assets/" + name, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task still_works_when_GraphiQL_cannot_be_installed()
    {
        using var folder = new InstalledGraphiQL();
        var file = Path.Combine(folder.Path, "a-file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        await using var service = await ThingsService.StartAsync(settings: [("GraphiQL:Install", "true"), ("GraphiQL:Folder", file)]);

        var (_, page) = await OpenAsync(service, "/graphql");

        page.ShouldContain("<textarea id=\"query\"");
    }

    private static async Task<(HttpResponseMessage Response, string Text)> OpenAsync(ThingsService service, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd(Browser);
        var response = await service.Http.SendAsync(request, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private sealed class InstalledGraphiQL : IDisposable
    {
        public InstalledGraphiQL()
        {
            var installed = Directory.CreateDirectory(System.IO.Path.Combine(Path, "graphiql-3.8.2"));
            foreach (var name in GraphiQLFiles.Packages.SelectMany(package => package.Files).Select(System.IO.Path.GetFileName))
                File.WriteAllText(System.IO.Path.Combine(installed.FullName, name!), "// " + name);
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("graphiql-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
