using System.Text;
using CloudNative.Local.Bindings;
using CloudNative.Local.Resources;
using CloudNative.Local.Tests.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace CloudNative.Local.Tests.Bindings;

public sealed class CallingAnUpstream : IAsyncDisposable
{
    private readonly RawUpstream upstream = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => upstream.DisposeAsync();

    [Fact]
    public async Task a_post_carries_its_body_and_no_header_that_go_would_not_send()
    {
        upstream.Answers("HTTP/1.1 201 Created\r\nContent-Length: 2\r\nETAG: x\r\nX-many: a\r\nX-Many: b\r\n\r\nok");

        var response = await Invoke("create", "/items", "{\"a\":1}", ("X-Kept", "1"), ("x-lower", "no"), ("Host", "elsewhere"), ("traceparent", "00-0-0-00"));

        upstream.Request.Split("\r\n").OrderBy(line => line, StringComparer.Ordinal).ShouldBe(
        [
            "", "", "Accept-Encoding: gzip", "Accept: application/json; charset=utf-8", "Content-Length: 7", "Content-Type: application/json; charset=utf-8",
            $"Host: 127.0.0.1:{upstream.Port}", "POST /items HTTP/1.1", "User-Agent: Go-http-client/1.1", "X-Kept: 1", "traceparent: 00-0-0-00",
        ]);
        upstream.Body.ShouldBe("{\"a\":1}");
        Encoding.UTF8.GetString(response.Data.Span).ShouldBe("ok");
        response.Metadata.ShouldBe(
            new Dictionary<string, string> { ["Content-Length"] = "2", ["Etag"] = "x", ["X-Many"] = "a, b", ["statusCode"] = "201", ["status"] = "201 Created" },
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("issues", "/api/issues")]
    [InlineData("//issues", "/api/issues")]
    [InlineData("issues?state=open&per_page=2", "/api/issues?state=open&per_page=2")]
    [InlineData("a b/%2F/ü", "/api/a%20b///%C3%BC")]
    [InlineData("a%2Fb", "/api/a%2Fb")]
    [InlineData("../up", "/api/../up")]
    [InlineData("http://other.invalid/x", "/api/http://other.invalid/x")]
    [InlineData("", "/api/")]
    public async Task the_path_is_appended_with_one_slash_and_goes_out_as_it_is(string path, string expected)
    {
        upstream.Answers("HTTP/1.1 204 No Content\r\n\r\n");

        await Invoke("get", path, component: [("url", upstream.Url + "/api/")]);

        upstream.Request.Split(' ')[1].ShouldBe(expected);
        upstream.Request.ShouldNotContain("Content-");
    }

    [Fact]
    public async Task a_code_outside_2xx_is_a_refusal_that_keeps_its_headers_unless_asked_otherwise()
    {
        upstream.Answers("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone");
        var refusal = await Should.ThrowAsync<BindingException>(() => Invoke("get", "/x"));
        upstream.Answers("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone");
        var accepted = await Invoke("get", "/x", "", ("errorIfNot2XX", "false"));

        refusal.Message.ShouldBe("received status code 404");
        refusal.Metadata["status"].ShouldBe("404 Not Found");
        Encoding.UTF8.GetString(accepted.Data.Span).ShouldBe("none");
    }

    [Fact]
    public async Task a_302_goes_on_with_get_and_a_307_repeats_the_body()
    {
        upstream.Answers("HTTP/1.1 302 Found\r\nLocation: /end\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await Invoke("post", "/r", "1");
        upstream.Request.ShouldStartWith("GET /end HTTP/1.1");
        upstream.Request.ShouldContain($"Referer: {upstream.Url}/r\r\n");
        upstream.Request.ShouldNotContain("Content-Type");

        upstream.Answers("HTTP/1.1 307 Temporary Redirect\r\nLocation: /end\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await Invoke("post", "/r", "1");
        upstream.Request.ShouldStartWith("POST /end HTTP/1.1");
        upstream.Body.ShouldBe("1");
    }

    [Fact]
    public async Task a_redirect_loop_ends_after_ten()
    {
        upstream.Answers([.. Enumerable.Repeat("HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n", 10)]);

        var refusal = await Should.ThrowAsync<ComponentException>(() => Invoke("get", "/loop"));

        refusal.Message.ShouldBe("Get \"/loop\": stopped after 10 redirects");
    }

    [Fact]
    public async Task a_long_answer_is_cut()
    {
        upstream.Answers("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + new string('x', 40));

        var response = await Invoke("get", "/long", component: [("maxResponseBodySize", "16")]);

        response.Data.Length.ShouldBe(16);
    }

    [Fact]
    public async Task failures_of_the_transport_are_told_in_gos_words()
    {
        upstream.Answers("");
        var closed = await Should.ThrowAsync<ComponentException>(() => Invoke("get", "/x"));
        var slow = await Should.ThrowAsync<ComponentException>(() => Invoke("get", "/slow", component: [("responseTimeout", "100ms")]));
        await upstream.DisposeAsync();
        var refused = await Should.ThrowAsync<ComponentException>(() => Invoke("post", "/x", "1"));

        closed.Message.ShouldBe($"Get \"{upstream.Url}/x\": EOF");
        slow.Message.ShouldBe($"Get \"{upstream.Url}/slow\": context deadline exceeded");
        refused.Message.ShouldBe($"Post \"{upstream.Url}/x\": dial tcp 127.0.0.1:{upstream.Port}: connect: connection refused");
    }

    [Fact]
    public async Task what_a_first_call_needs_is_made_ready_without_a_network()
    {
        await UpstreamWarmUp.EnsureAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        UpstreamWarmUp.EnsureAsync(CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task the_security_token_is_sent_unless_the_call_names_that_header()
    {
        (string, string)[] component = [("securityToken", "Bearer s3cret"), ("securityTokenHeader", "Authorization")];
        upstream.Answers("HTTP/1.1 204 No Content\r\n\r\n");
        await Invoke("get", "/h", component: component);
        upstream.Request.ShouldContain("Authorization: Bearer s3cret\r\n");

        upstream.Answers("HTTP/1.1 204 No Content\r\n\r\n");
        await Invoke("get", "/h", "", [("Authorization", "Bearer mine")], component);
        upstream.Request.ShouldContain("Authorization: Bearer mine\r\n");
        upstream.Request.ShouldNotContain("s3cret");
    }

    [Theory]
    [InlineData("url", "", "'url'")]
    [InlineData("url", "ftp://x", "no http address")]
    [InlineData("responseTimeout", "soon", "invalid duration \"soon\"")]
    [InlineData("maxResponseBodySize", "much", "'much' is no size")]
    [InlineData("MTLSRootCA", "x", "not served here")]
    public async Task wrong_metadata_is_refused_by_key(string key, string value, string reason)
    {
        var refusal = await Should.ThrowAsync<ComponentInitException>(() => Invoke("get", "", component: [("url", "http://127.0.0.1"), (key, value)]));

        refusal.Message.ShouldContain(reason);
    }

    private Task<BindingResponse> Invoke(string operation, string path, string data = "", params (string Key, string Value)[] metadata) =>
        Invoke(operation, path, data, metadata, []);

    private Task<BindingResponse> Invoke(string operation, string path, (string, string)[] component) => Invoke(operation, path, "", [], component);

    private async Task<BindingResponse> Invoke(string operation, string path, string data, (string Key, string Value)[] metadata, (string Key, string Value)[] component)
    {
        var settings = new Dictionary<string, string> { ["url"] = upstream.Url };
        foreach (var (key, value) in component)
            settings[key] = value;
        var context = new ComponentContext("things-bff", p => p, TimeProvider.System, NullLoggerFactory.Instance);
        await using var binding = HttpBinding.Create(
            AFolder.Component("bindings.http", [.. settings.Select(s => (s.Key, s.Value))]), context);
        var request = new Dictionary<string, string>(metadata.Select(m => KeyValuePair.Create(m.Key, m.Value))) { ["path"] = path };
        return (await binding.InvokeAsync(new BindingRequest(operation, Encoding.UTF8.GetBytes(data), request), Ct)).ShouldNotBeNull();
    }
}
