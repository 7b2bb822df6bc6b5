using System.Net;
using System.Text;
using Amazon.Runtime;
using CloudNative.SearchBff.OpenSearch;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.SearchBff.Tests.OpenSearch;

public sealed class Authenticating
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task reads_the_password_once_and_again_after_a_refusal()
    {
        var reads = 0;
        var sent = new List<string>();
        HttpStatusCode[] answers = [HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK];
        using var http = new HttpClient(new BasicAuthentication("search-bff", _ => Task.FromResult($"secret{++reads}"))
        {
            InnerHandler = new Answering(request =>
            {
                sent.Add(request.Headers.Authorization!.ToString());
                return answers[sent.Count - 1];
            }),
        });

        foreach (var _ in answers)
            (await http.GetAsync("http://node/", Token)).Dispose();

        sent.ShouldBe([Basic("secret1"), Basic("secret1"), Basic("secret2")]);
    }

    /// <summary>The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, GET object.</summary>
    [Fact]
    public async Task signs_as_in_the_published_example()
    {
        var signed = await SignAsync("s3", HttpMethod.Get, "https://examplebucket.s3.amazonaws.com/?lifecycle", null);

        signed.ShouldContain("Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request");
        signed.ShouldContain("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    }

    [Fact]
    public async Task signs_the_body_that_is_sent()
    {
        var one = await SignAsync("es", HttpMethod.Post, "https://search.eu-central-1.es.amazonaws.com/things/_bulk?require_alias=true", "{}");
        var other = await SignAsync("es", HttpMethod.Post, "https://search.eu-central-1.es.amazonaws.com/things/_bulk?require_alias=true", "{ }");

        one.ShouldContain("/us-east-1/es/aws4_request");
        one.ShouldNotBe(other);
    }

    private static async Task<string> SignAsync(string service, HttpMethod method, string address, string? body)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero));
        var credentials = new BasicAWSCredentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        var authorization = "";
        using var http = new HttpClient(new AmazonSigning(credentials, "us-east-1", service, clock)
        {
            InnerHandler = new Answering(request =>
            {
                authorization = request.Headers.GetValues("Authorization").Single();
                return HttpStatusCode.OK;
            }),
        });
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/x-ndjson");
        (await http.SendAsync(request, Token)).Dispose();
        return authorization;
    }

    private static string Basic(string password) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"search-bff:{password}"))}";

    private sealed class Answering(Func<HttpRequestMessage, HttpStatusCode> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(answer(request)));
    }
}
