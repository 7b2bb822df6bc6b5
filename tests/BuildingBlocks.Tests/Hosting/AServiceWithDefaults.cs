using System.Net;
using System.Text.Json;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CloudNative.BuildingBlocks.Tests.Hosting;

public sealed class AServiceWithDefaults : IAsyncLifetime
{
    private WebApplication app = null!;
    private HttpClient http = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--APP_PORT=0"]);
        builder.AddServiceDefaults();
        app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGet("/broken", string () => throw new InvalidOperationException("secret words"));
        app.MapGet("/away", string () => throw new StateStoreException("secret words"));
        app.MapPost("/echo", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            return await reader.ReadToEndAsync();
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
    }

    [Fact]
    public void listens_on_the_loopback_address_at_the_port_of_the_run() =>
        new Uri(app.Urls.Single()).Host.ShouldBe("127.0.0.1");

    [Fact]
    public async Task is_healthy()
    {
        using var response = await http.GetAsync("/healthz", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("Healthy");
    }

    [Theory]
    [InlineData("/broken", 500)]
    [InlineData("/away", 503)]
    [InlineData("/nowhere", 404)]
    public async Task answers_a_failure_as_a_problem_without_its_text(string path, int status)
    {
        using var response = await http.GetAsync(path, TestContext.Current.CancellationToken);

        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        body.ShouldNotContain("secret words");
        JsonDocument.Parse(body).RootElement.GetProperty("status").GetInt32().ShouldBe(status);
    }

    [Fact]
    public async Task refuses_a_body_over_the_limit()
    {
        using var content = new ByteArrayContent(new byte[ServiceDefaults.DefaultMaxRequestBodyBytes + 1]);

        using var response = await http.PostAsync("/echo", content, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }
}
