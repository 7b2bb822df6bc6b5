using System.Text.Json.Nodes;

namespace CloudNative.Acceptance;

/// <summary>search-bff as a client sees it.</summary>
internal sealed class SearchClient(HttpClient http, Uri address)
{
    /// <summary>Every hit of a search, following the <c>Link</c> headers to the last page; null while the app is not there.</summary>
    public async Task<IReadOnlyList<JsonObject>?> TryFindAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(text, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<JsonObject>> FindAsync(string text, CancellationToken cancellationToken)
    {
        var all = new List<JsonObject>();
        for (var next = new Uri(address, $"/search?limit=100&q={Uri.EscapeDataString(text)}"); next is not null;)
        {
            using var answer = await http.GetAsync(next, cancellationToken);
            var body = await answer.Content.ReadAsStringAsync(cancellationToken);
            if ((int)answer.StatusCode == 503)
                throw new HttpRequestException("The app says that something is away.");
            ((int)answer.StatusCode).ShouldBe(200, body);
            all.AddRange(JsonNode.Parse(body)!.AsArray().Select(hit => hit!.AsObject()));
            next = answer.Headers.TryGetValues("Link", out var links) ? new Uri(address, links.Single().Split('<', '>')[1]) : null;
        }

        return all;
    }

    public async Task<(int Status, string Body)> DetailAsync(JsonObject hit, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(new Uri(address, hit["url"]!.GetValue<string>()), cancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    public async Task<JsonNode> RebuildAsync(CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsync(new Uri(address, "/rebuild"), null, cancellationToken);
        ((int)answer.StatusCode).ShouldBe(202);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!;
    }

    public async Task<string> RebuildStateAsync(CancellationToken cancellationToken) =>
        JsonNode.Parse(await http.GetStringAsync(new Uri(address, "/rebuild"), cancellationToken))!["state"]!.GetValue<string>();
}
