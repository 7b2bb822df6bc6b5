using System.Net.Http.Headers;
using System.Text.Json;
using CloudNative.BuildingBlocks.Hosting;
using Polly;

namespace CloudNative.SearchBff.OpenSearch;

/// <summary>An answer: its status, its JSON where it has some, and the type of its error where it is one.</summary>
internal sealed record OpenSearchAnswer(int Status, JsonElement Json)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>What is wrong, by type and never by text; null where the answer names nothing.</summary>
    public string? ErrorType => ErrorTypeOf(Json);

    /// <summary>The error's own type, or that of its root where a search wraps it. Routing errors are bare texts.</summary>
    public static string? ErrorTypeOf(JsonElement json)
    {
        if (json.ValueKind is not JsonValueKind.Object || !json.TryGetProperty("error", out var error) || error.ValueKind is not JsonValueKind.Object)
            return null;
        if (error.TryGetProperty("root_cause", out var roots) && roots.ValueKind is JsonValueKind.Array && roots.GetArrayLength() > 0
            && roots[0].TryGetProperty("type", out var root))
            return root.GetString();
        return error.TryGetProperty("type", out var type) ? type.GetString() : null;
    }

    /// <summary>Says what a call got, without quoting content.</summary>
    public DependencyUnavailableException Failure(string call) => new($"OpenSearch answered {call} with {Status} {ErrorType}.");
}

/// <summary>OpenSearch's REST API. Every call here may be repeated, so the client beneath repeats what fails for a moment.</summary>
internal sealed class OpenSearchClient(HttpClient http)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly MediaTypeHeaderValue Lines = new("application/x-ndjson");

    public Task<OpenSearchAnswer> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, Json, cancellationToken);

    public Task<OpenSearchAnswer> HeadAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Head, path, null, Json, cancellationToken);

    public Task<OpenSearchAnswer> DeleteAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, path, null, Json, cancellationToken);

    public Task<OpenSearchAnswer> PutAsync(string path, byte[] json, CancellationToken cancellationToken) => SendAsync(HttpMethod.Put, path, json, Json, cancellationToken);

    public Task<OpenSearchAnswer> PostAsync(string path, byte[]? json, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, json, Json, cancellationToken);

    public Task<OpenSearchAnswer> PostLinesAsync(string path, byte[] lines, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, lines, Lines, cancellationToken);

    /// <exception cref="DependencyUnavailableException">Nobody answered, or what did is no OpenSearch.</exception>
    private async Task<OpenSearchAnswer> SendAsync(HttpMethod method, string path, byte[]? body, MediaTypeHeaderValue type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = type } };
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return new OpenSearchAnswer((int)response.StatusCode, IsJson(response) && content.Length > 0 ? Parse(content) : default);
        }
        catch (Exception failure) when (IsAway(failure) && !cancellationToken.IsCancellationRequested)
        {
            throw new DependencyUnavailableException($"OpenSearch did not answer: {failure.GetType().Name}.", failure);
        }
    }

    private static bool IsAway(Exception failure) =>
        failure is HttpRequestException or IOException or OperationCanceledException or JsonException or ExecutionRejectedException;

    private static bool IsJson(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType == "application/json";

    private static JsonElement Parse(byte[] content)
    {
        using var document = JsonDocument.Parse(content);
        return document.RootElement.Clone();
    }
}
