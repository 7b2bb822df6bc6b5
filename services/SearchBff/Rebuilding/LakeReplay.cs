using System.Text.Json;
using CloudNative.BuildingBlocks.Hosting;

namespace CloudNative.SearchBff.Rebuilding;

/// <summary>Has events of the past delivered to this app again.</summary>
internal interface ILakeReplay
{
    /// <summary>Completes when all events of a type are in the stream again, which is before they are handled; answers how many.</summary>
    /// <exception cref="DependencyUnavailableException">The lake is away; what it published is harmless.</exception>
    ValueTask<long> ReplayAsync(string type, CancellationToken cancellationToken);
}

/// <summary>The data lake's API, through the sidecar. It is asked for a part at a time where it says where to go on.</summary>
internal sealed class LakeReplay(HttpClient lake, AppIdentity app) : ILakeReplay
{
    private const int EventsPerCall = 5_000;

    public async ValueTask<long> ReplayAsync(string type, CancellationToken cancellationToken)
    {
        var events = 0L;
        string? resume = null;
        do
        {
            var (published, next) = await ReplayPartAsync(new ReplayOrder("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", type, app.AppId, EventsPerCall, resume), cancellationToken);
            events += published;
            resume = next;
        }
        while (resume is not null);
        return events;
    }

    private async ValueTask<(long Events, string? Resume)> ReplayPartAsync(ReplayOrder order, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await lake.PostAsJsonAsync("/replay", order, JsonSerializerOptions.Web, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw new DependencyUnavailableException($"The lake answered a replay with {(int)answer.StatusCode}.");
            var replayed = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            return (replayed.GetProperty("events").GetInt64(), replayed.TryGetProperty("resume", out var resume) ? resume.GetString() : null);
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or KeyNotFoundException)
        {
            throw new DependencyUnavailableException("The lake did not answer a replay.", failure);
        }
    }

    private sealed record ReplayOrder(string From, string To, string Type, string Target, int Limit, string? Resume);
}
