using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace CloudNative.Conformance;

/// <summary>A request that a peer got, and the step it was answered by; null where it was answered outside the steps.</summary>
/// <param name="IsForeseen">Answered by a step, or by what the recording says otherwise.</param>
/// <param name="Connection">The number of the connection that it came over.</param>
internal sealed record Arrival(Message Request, int? Step, long At, bool IsForeseen, int Connection)
{
    /// <summary>Looks for health come as often as they like, and are no deliveries.</summary>
    public bool IsProbe => Step is null && IsForeseen && Request.FirstLine.StartsWith("GET ", StringComparison.Ordinal);
}

/// <summary>
/// The app or another server that the recording scripts: answers a request with the first step of its verb and path that is not used
/// yet, among several with the first whose content fits, else with what the recording says otherwise, else 404.
/// </summary>
/// <param name="given">What is set up around it, its own subscriptions among that.</param>
internal sealed class ScriptedPeer(string name, Recording recording, JsonElement given, Placeholders placeholders, int port) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly HashSet<int> used = [];
    private readonly List<Arrival> arrivals = [];
    private readonly List<TcpClient> connections = [];
    private readonly CancellationTokenSource stopping = new();
    private TcpListener? listener;
    private int connected;
    private readonly bool hasRecordedHandshake = recording.Steps.Any(step =>
        step.TryGetProperty("received", out var received) && received.GetProperty("by").GetString() == name && IsHandshake(received.GetProperty("http").GetString()!));

    private JsonElement otherwise = Otherwise(recording.Given, given, name);
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name { get; } = name;

    /// <summary>Of the body answered last, where the recording leaves its bytes to us.</summary>
    public int? LastJsonLength { get; private set; }

    public int Count
    {
        get
        {
            lock (gate)
                return arrivals.Count(arrival => !arrival.IsProbe);
        }
    }

    /// <summary>Every request so far, in their order.</summary>
    public IReadOnlyList<Arrival> Arrivals
    {
        get
        {
            lock (gate)
                return [.. arrivals];
        }
    }

    public void Open()
    {
        if (listener is not null)
            return;
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        _ = AcceptAsync(listener);
    }

    public void Close()
    {
        listener?.Stop();
        listener = null;
        lock (gate)
        {
            foreach (var connection in connections)
                connection.Dispose();
            connections.Clear();
        }
    }

    public void AnswerOtherwise(JsonElement answers) => otherwise = answers;

    /// <summary>The request that this step answered; null where none came in time.</summary>
    public Task<Arrival?> ArrivalAsync(int step, TimeSpan within, CancellationToken cancellationToken) =>
        FoundAsync(() => arrivals.Find(arrival => arrival.Step == step), within, cancellationToken);

    /// <summary>Whether so many requests came in time.</summary>
    public async Task<bool> CameAsync(int count, TimeSpan within, CancellationToken cancellationToken) =>
        count == 0 || await FoundAsync(() => arrivals.ElementAtOrDefault(count - 1), within, cancellationToken) is not null;

    private async Task<Arrival?> FoundAsync(Func<Arrival?> find, TimeSpan within, CancellationToken cancellationToken)
    {
        var deadline = Task.Delay(within, TimeProvider.System, cancellationToken);
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (find() is { } found)
                    return found;
                next = arrived.Task;
            }
            if (await Task.WhenAny(next, deadline) == deadline)
                return null;
        }
    }

    /// <summary>Requests that no step was left for, as a hint when an expected one is missing.</summary>
    public string Unexpected() => string.Join(", ", Arrivals.Where(arrival => arrival.Step is null).Select(arrival => arrival.Request.FirstLine).Distinct().Take(3));

    /// <summary>The first request that came before that time and that nothing foresees; null where there is none.</summary>
    public string? Surplus(long before) => Arrivals
        .FirstOrDefault(arrival => !arrival.IsForeseen && arrival.At < before && (hasRecordedHandshake || !IsHandshake(arrival.Request.FirstLine)))
        ?.Request.FirstLine;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        Close();
    }

    private static bool IsHandshake(string request) =>
        request.StartsWith("GET /dapr/config", StringComparison.Ordinal) || request.StartsWith("GET /dapr/subscribe", StringComparison.Ordinal);

    private static JsonElement Otherwise(JsonElement recorded, JsonElement own, string name) =>
        (own.TryGetProperty("otherwise", out var all) || recorded.TryGetProperty("otherwise", out all)) && all.TryGetProperty(name, out var answers) ? answers : default;

    private async Task AcceptAsync(TcpListener accepting)
    {
        try
        {
            while (true)
            {
                var client = await accepting.AcceptTcpClientAsync(stopping.Token);
                lock (gate)
                    connections.Add(client);
                _ = ConverseAsync(client, ++connected);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The port was closed.
        }
    }

    private async Task ConverseAsync(TcpClient client, int connection)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                while (await Wire.ReadAsync(stream, bodyless: false, stopping.Token) is { } request)
                {
                    if (!await AnswerAsync(stream, request, connection))
                        return;
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // The other side left, or the recording ends here.
            }
        }
    }

    private async Task<bool> AnswerAsync(NetworkStream stream, Message request, int connection)
    {
        var (verb, target) = request.FirstLine.Split(' ') is [var first, var second, ..] ? (first, second) : ("", "");
        var answer = Take(request, verb, target, connection);
        if (answer.ValueKind == JsonValueKind.Undefined)
        {
            await Wire.WriteAsync(stream, "HTTP/1.1 404 Not Found", [], [], stopping.Token);
            return true;
        }
        if (answer.TryGetProperty("after_seconds", out var seconds))
            await Task.Delay(TimeSpan.FromSeconds(seconds.GetDouble()), TimeProvider.System, stopping.Token);
        if (answer.TryGetProperty("closed", out _))
            return false;
        var body = Content.Of(answer, placeholders, out var contentType, isCompact: !Content.IsShownSpaced(answer, recording.Steps));
        LastJsonLength = answer.TryGetProperty("json", out _) ? body.Length : null;
        var headers = new Dictionary<string, string>();
        if (answer.TryGetProperty("headers", out var recorded))
        {
            foreach (var header in recorded.EnumerateObject())
                headers[header.Name] = placeholders.Fill(header.Value.GetString()!);
        }
        else if (contentType is not null)
        {
            headers["content-type"] = contentType;
        }
        var code = answer.TryGetProperty("status", out var status) ? status.GetInt32() : 200;
        if (verb == "HEAD")
        {
            var head = $"HTTP/1.1 {code} {Reason(code)}\r\n{string.Concat(headers.Select(h => $"{h.Key}: {h.Value}\r\n"))}content-length: {body.Length}\r\n\r\n";
            await stream.WriteAsync(Encoding.UTF8.GetBytes(head), stopping.Token);
            return true;
        }
        await Wire.WriteAsync(stream, $"HTTP/1.1 {code} {Reason(code)}", headers, body, stopping.Token);
        return true;
    }

    private JsonElement Take(Message request, string verb, string target, int connection)
    {
        lock (gate)
        {
            var waiting = recording.Steps.Index().Where(step => !used.Contains(step.Index) && IsFor(step.Item, verb, target)).ToList();
            var fitting = waiting.Count > 1 ? waiting.FindIndex(step => Fits(step.Item, request)) : 0;
            int? step = waiting.Count == 0 ? null : waiting[Math.Max(fitting, 0)].Index;
            if (step is { } index)
            {
                used.Add(index);
                Bind(recording.Steps[index].GetProperty("received"), request);
            }
            var answer = step is { } taken ? recording.Steps[taken].GetProperty("app_answered") : OtherAnswer(verb, target);
            arrivals.Add(new Arrival(request, step, TimeProvider.System.GetTimestamp(), answer.ValueKind != JsonValueKind.Undefined, connection));
            arrived.SetResult();
            arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return answer;
        }
    }

    private bool IsFor(JsonElement step, string verb, string target) =>
        step.TryGetProperty("received", out var received)
        && received.GetProperty("by").GetString() == Name
        && placeholders.Copy().Matches(received.GetProperty("http").GetString()!, $"{verb} {target}");

    private bool Fits(JsonElement step, Message request) => Difference(step.GetProperty("received"), request, placeholders.Copy()) is null;

    /// <summary>The answer may name what came with the request.</summary>
    private void Bind(JsonElement received, Message request)
    {
        if (Difference(received, request, placeholders.Copy()) is null)
            Difference(received, request, placeholders);
    }

    private static string? Difference(JsonElement received, Message request, Placeholders placeholders)
    {
        var comparison = new Comparison(placeholders);
        return comparison.Body(received, request.Body)
            ?? (received.TryGetProperty("headers", out var headers) ? comparison.Headers(headers, request.Headers, all: true) : null);
    }

    private JsonElement OtherAnswer(string verb, string target)
    {
        if (otherwise.ValueKind == JsonValueKind.Object)
        {
            foreach (var answer in otherwise.EnumerateObject())
            {
                var wanted = answer.Name;
                var request = $"{verb} {target}";
                if (wanted.EndsWith('*') ? request.StartsWith(wanted[..^1], StringComparison.Ordinal) : request == wanted)
                    return answer.Value;
            }
        }
        return verb == "GET" && target == "/dapr/subscribe" && given.TryGetProperty("subscriptions", out var subscriptions)
            ? JsonSerializer.SerializeToElement(new { status = 200, json = subscriptions })
            : default;
    }

    private static string Reason(int code) => code switch
    {
        422 => "Unprocessable Entity",
        302 => "Found",
        _ => new HttpResponseMessage((HttpStatusCode)code).ReasonPhrase ?? "",
    };
}
