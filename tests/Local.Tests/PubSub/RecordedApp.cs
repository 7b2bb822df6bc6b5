using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace CloudNative.Local.Tests.PubSub;

/// <summary>The app of a recording: answers each request with the first step of its verb and path that was not used yet.</summary>
internal sealed class RecordedApp
{
    private readonly List<(JsonElement Step, TaskCompletionSource<AppRequest> Came)> script;
    private readonly JsonElement? subscriptions;

    public RecordedApp(JsonElement recording)
    {
        script = [.. recording.GetProperty("steps").EnumerateArray()
            .Where(step => step.TryGetProperty("received", out _))
            .Select(step => (step, new TaskCompletionSource<AppRequest>(TaskCreationOptions.RunContinuationsAsynchronously)))];
        subscriptions = recording.GetProperty("given").TryGetProperty("subscriptions", out var list) ? list : null;
    }

    public ConcurrentQueue<string> Unexpected { get; } = [];

    public Task<AppRequest> CameAsync(JsonElement step) =>
        script.First(one => one.Step.Equals(step)).Came.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

    public IEnumerable<JsonElement> Steps => script.Select(one => one.Step);

    public async Task AnswerAsync(AppRequest request, HttpContext context)
    {
        var line = $"{request.Verb} {request.Target}";
        if (Take(line, request) is { } answer)
            await AnswerAsync(answer, context);
        else if (line == "GET /dapr/subscribe" && subscriptions is { } list)
            await context.Response.WriteAsync(list.GetRawText(), context.RequestAborted);
        else if (line is "GET /dapr/config" or "GET /dapr/subscribe")
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else
            Unexpected.Enqueue(line);
    }

    private JsonElement? Take(string line, AppRequest request)
    {
        lock (script)
        {
            foreach (var (step, came) in script)
            {
                if (!came.Task.IsCompleted && Fits(step.GetProperty("received"), line, request) && came.TrySetResult(request))
                    return step.GetProperty("app_answered");
            }

            return null;
        }
    }

    /// <summary>Deliveries in any order are told apart by the data of their events.</summary>
    private static bool Fits(JsonElement received, string line, AppRequest request)
    {
        if (received.GetProperty("http").GetString() != line)
            return false;
        if (!received.TryGetProperty("json", out var json) || json.ValueKind != JsonValueKind.Object)
            return true;
        var body = JsonElement.Parse(request.Body);
        return IsSame(json, body, "data") && IsSame(json, body, "data_base64");
    }

    private static bool IsSame(JsonElement recorded, JsonElement came, string member) =>
        recorded.TryGetProperty(member, out var expected) == came.TryGetProperty(member, out var found)
        && (expected.ValueKind == JsonValueKind.Undefined || JsonElement.DeepEquals(expected, found));

    private static async Task AnswerAsync(JsonElement answer, HttpContext context)
    {
        if (answer.TryGetProperty("closed", out _))
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = answer.GetProperty("status").GetInt32();
        if (answer.TryGetProperty("headers", out var headers))
        {
            foreach (var header in headers.EnumerateObject())
                context.Response.Headers[header.Name] = header.Value.GetString();
        }

        if (answer.TryGetProperty("json", out var json))
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(json.GetRawText()), context.RequestAborted);
        else if (answer.TryGetProperty("text", out var text))
            await context.Response.WriteAsync(text.GetString()!, context.RequestAborted);
    }
}
