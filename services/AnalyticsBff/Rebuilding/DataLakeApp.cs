using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CloudNative.BuildingBlocks.Hosting;
using Dapr.Client;

namespace CloudNative.AnalyticsBff;

internal sealed record ReplayOrder(long From, long To, string Target, int Limit, string? Resume);

internal sealed record ReplayAnswer(int Events, string? Resume);

/// <summary>The app <c>data-lake</c>, through the sidecar's service invocation.</summary>
internal sealed class DataLakeApp(DaprClient dapr, AppIdentity app) : IDataLake, IDisposable
{
    // Small enough to end long before a caller or a sidecar on the way loses patience.
    private const int EventsPerReplay = 500;
    private const string FirstPage = "/events?limit=500";
    private readonly HttpClient http = dapr.CreateInvokableHttpClient("data-lake");

    public async ValueTask<string?> ReplayAsync(string? resume, CancellationToken cancellationToken)
    {
        var order = new ReplayOrder(
            DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(), app.AppId, EventsPerReplay, resume);
        return await AskAsync(async () =>
        {
            using var response = await http.PostAsJsonAsync("/replay", order, LakeJson.Default.ReplayOrder, cancellationToken);
            response.EnsureSuccessStatusCode();
            return (await response.Content.ReadFromJsonAsync(LakeJson.Default.ReplayAnswer, cancellationToken))?.Resume;
        }, cancellationToken);
    }

    public ValueTask<LakePage> ReadAsync(string? address, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        using var response = await http.GetAsync(new Uri(address ?? FirstPage, UriKind.Relative), cancellationToken);
        response.EnsureSuccessStatusCode();
        using var page = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        var documents = page.RootElement.EnumerateArray().Select(e => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(e.GetRawText())).ToList();
        return new LakePage(documents, NextOf(response));
    }, cancellationToken);

    public void Dispose() => http.Dispose();

    private static string? NextOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var links) && links.First() is var link && link.StartsWith('<') ? link[1..link.IndexOf('>', StringComparison.Ordinal)] : null;

    private static async ValueTask<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when ((failure is HttpRequestException or JsonException or OperationCanceledException) && !cancellationToken.IsCancellationRequested)
        {
            throw new DependencyUnavailableException("The data lake does not answer as it does when it is well.", failure);
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ReplayOrder))]
[JsonSerializable(typeof(ReplayAnswer))]
internal sealed partial class LakeJson : JsonSerializerContext;
