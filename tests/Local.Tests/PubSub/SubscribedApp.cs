using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace CloudNative.Local.Tests.PubSub;

/// <summary>An app that subscribes as the test says, keeps what it gets, and answers with what the test makes of each request.</summary>
internal sealed class SubscribedApp : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly Channel<AppRequest> requests;
    private readonly ListeningApp app;

    private SubscribedApp(ListeningApp app, Channel<AppRequest> requests)
    {
        this.app = app;
        this.requests = requests;
    }

    public int Port => app.Port;

    /// <param name="answer">Status and body.</param>
    public static Task<SubscribedApp> StartAsync(string subscriptions, Func<AppRequest, (int Status, string Body)> answer) =>
        StartAsync(subscriptions, request => Task.FromResult(answer(request)));

    /// <param name="answer">Status and body, when it is time.</param>
    public static async Task<SubscribedApp> StartAsync(string subscriptions, Func<AppRequest, Task<(int Status, string Body)>> answer)
    {
        var requests = Channel.CreateUnbounded<AppRequest>();
        return new SubscribedApp(await ListeningApp.StartAsync((request, context) => AnswerAsync(request, context)), requests);

        async Task AnswerAsync(AppRequest request, HttpContext context)
        {
            var (status, body) = request.Target == "/dapr/subscribe" ? (200, subscriptions) : (404, "");
            if (request.Verb == "POST")
            {
                requests.Writer.TryWrite(request);
                (status, body) = await answer(request);
            }

            context.Response.StatusCode = status;
            await context.Response.WriteAsync(body, context.RequestAborted);
        }
    }

    /// <summary>The next request that is no question of the handshake, as its path and body.</summary>
    public async Task<AppRequest> NextAsync() =>
        await requests.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline, TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<string>> NextPathsAsync(int count)
    {
        List<string> paths = [];
        while (paths.Count < count)
            paths.Add((await NextAsync()).Target);
        return paths;
    }

    /// <summary>What has come and was not asked for yet.</summary>
    public bool HasMore => requests.Reader.TryPeek(out _);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

/// <summary>Publishes to a sidecar over HTTP.</summary>
internal sealed class PublishingClient(int port) : IDisposable
{
    private readonly HttpClient http = new();

    public async Task<HttpResponseMessage> PublishAsync(
        string topic, string json, string contentType = "application/json", bool inBulk = false, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/v1.0/publish/{(inBulk ? "bulk/" : "")}bus/{topic}");
        request.Content = new StringContent(json, Encoding.UTF8, contentType);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public void Dispose() => http.Dispose();
}
