using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Commands;

/// <summary>Publishes one event to <c>event-stream</c>, topic <c>events</c>, through the first sidecar of a running host.</summary>
internal static class PublishCommand
{
    public static async Task<int> RunAsync(string data, string json, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (!IsJson(json))
            return await FailAsync(error, "The event is no JSON: quote it for the shell, as in publish '{\"type\":\"thing-created\"}'.");
        if (RunRecord.Read(data) is not { Host.IsRunning: true, Apps: [var app, ..] })
            return await FailAsync(error, $"No host runs on {data}: start one, or name its folder with --data.");
        try
        {
            using var http = new HttpClient();
            using var answer = await http.SendAsync(Request(app, json), cancellationToken);
            if (!answer.IsSuccessStatusCode)
                return await FailAsync(error, $"The sidecar of {app.Id} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
        catch (HttpRequestException)
        {
            return await FailAsync(error, $"The sidecar of {app.Id} does not answer on {app.Http}.");
        }
        await output.WriteLineAsync("Published.");
        return 0;
    }

    private static HttpRequestMessage Request(RunRecordApp app, string json)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(app.Http), "/v1.0/publish/event-stream/events"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (Environment.GetEnvironmentVariable("DAPR_API_TOKEN") is { Length: > 0 } token)
            request.Headers.Add("dapr-api-token", token);
        return request;
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static async Task<int> FailAsync(TextWriter error, string message)
    {
        await error.WriteLineAsync(message);
        return 1;
    }
}
