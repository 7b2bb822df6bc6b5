using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CloudNative.Acceptance;

/// <summary>things-bff as a client sees it.</summary>
internal sealed class ThingsClient(HttpClient http, Uri address)
{
    public async Task<(int Status, string Body)> PostAsync(string query, CancellationToken cancellationToken, object? variables = null)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(address, "/graphql"), new { query, variables }, cancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>The answer's <c>data</c>; fails on errors.</summary>
    public async Task<JsonNode> DataAsync(string query, CancellationToken cancellationToken, object? variables = null)
    {
        var (status, body) = await PostAsync(query, cancellationToken, variables);
        var document = JsonNode.Parse(body)!;
        (status, document["errors"]?.ToJsonString()).ShouldBe((200, null), body);
        return document["data"]!;
    }

    /// <summary>Saves under a mutation id; the committed version, or the error code (null when there was no answer at all).</summary>
    public async Task<(long? Version, string? Code)> SaveAsync(string id, string name, string mutationId, CancellationToken cancellationToken)
    {
        const string Query = "mutation($input: ThingInput) { saveThing(input: $input) { version } }";
        try
        {
            var (_, body) = await PostAsync(Query, cancellationToken, new { input = new { id, name, clientMutationId = mutationId } });
            var document = JsonNode.Parse(body)!;
            return document["errors"] is JsonArray errors
                ? (null, errors[0]!["extensions"]?["code"]?.GetValue<string>())
                : (document["data"]!["saveThing"]!["version"]!.GetValue<long>(), null);
        }
        catch (Exception error) when (error is HttpRequestException or JsonException || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, null);
        }
    }
}

/// <summary>The data lake as a client sees it.</summary>
internal sealed class LakeClient(HttpClient http, Uri address)
{
    /// <summary>Every event of a query, following the <c>Link</c> headers to the last page.</summary>
    public async Task<IReadOnlyList<JsonObject>> EventsAsync(string query, CancellationToken cancellationToken)
    {
        var all = new List<JsonObject>();
        for (var next = new Uri(address, $"/events?{query}"); next is not null;)
        {
            using var answer = await http.GetAsync(next, cancellationToken);
            var body = await answer.Content.ReadAsStringAsync(cancellationToken);
            ((int)answer.StatusCode).ShouldBe(200, body);
            all.AddRange(JsonNode.Parse(body)!.AsArray().Select(e => e!.AsObject()));
            next = Next(answer, next);
        }

        return all;
    }

    public Task<IReadOnlyList<JsonObject>> UntilAsync(string query, int count, CancellationToken cancellationToken, double seconds = 20) =>
        Eventually.ReadAsync(() => EventsAsync(query, cancellationToken), events => events.Count >= count, TimeSpan.FromSeconds(seconds), cancellationToken);

    public async Task<JsonArray> FaultsAsync(CancellationToken cancellationToken) =>
        (await http.GetFromJsonAsync<JsonArray>(new Uri(address, "/faults"), cancellationToken))!;

    public async Task<int> ResubmitAsync(string faultId, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsync(new Uri(address, $"/faults/{faultId}/resubmit"), null, cancellationToken);
        return (int)answer.StatusCode;
    }

    private static Uri? Next(HttpResponseMessage answer, Uri current)
    {
        if (!answer.Headers.TryGetValues("Link", out var links))
            return null;
        var link = links.Single();
        link.ShouldContain("rel=\"next\"");
        return new Uri(current, link[(link.IndexOf('<') + 1)..link.IndexOf('>')]);
    }
}

/// <summary>The publish API of any sidecar.</summary>
internal sealed class SidecarClient(HttpClient http, Uri address)
{
    public async Task PublishAsync(string body, CancellationToken cancellationToken, string contentType = "application/json", string query = "")
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue(contentType));
        using var answer = await http.PostAsync(new Uri(address, $"/v1.0/publish/event-stream/events{query}"), content, cancellationToken);
        ((int)answer.StatusCode).ShouldBe(204, await answer.Content.ReadAsStringAsync(cancellationToken));
    }
}
