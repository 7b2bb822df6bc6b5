using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace CloudNative.Conformance;

/// <summary>A request to the runtime and the comparison of its answer.</summary>
internal sealed class Exchange(World world)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SettlesWithin = TimeSpan.FromSeconds(5);

    private enum NoAnswer
    {
        Refused,
        Closed,
        InTime,
    }

    public async Task<string?> RunAsync(JsonElement send, JsonElement answer, CancellationToken cancellationToken)
    {
        var actual = await SendAsync(send, answer, cancellationToken);
        return Compare(answer, actual);
    }

    /// <returns>A message, a gRPC answer, or which way there was none.</returns>
    public async Task<object?> SendAsync(JsonElement send, JsonElement? answer, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(answer is { } expected && expected.TryGetProperty("none_within_seconds", out var none) ? TimeSpan.FromSeconds(none.GetDouble()) : Longest);
        var side = world.SideOf(send.GetProperty("to").GetString());
        try
        {
            await ListensAsync(side, answer, deadline.Token);
            if (send.TryGetProperty("over", out _))
                throw new ReplayException("the replayer speaks HTTP/1.1 only");
            if (send.TryGetProperty("grpc", out _))
            {
                var type = answer is { } a && a.TryGetProperty("message", out var message) ? message.GetString() : null;
                return await GrpcCall.SendAsync(side.GrpcPort, send, type, world.Placeholders, deadline.Token);
            }
            var body = Content.Of(send, world.Placeholders, out _);
            return (object?)await HttpCall.SendAsync(side.HttpPort, world.Placeholders.Fill(send.GetProperty("http").GetString()!), HeadersOf(send), body, deadline.Token) ?? NoAnswer.Closed;
        }
        catch (SocketException)
        {
            return NoAnswer.Refused;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return NoAnswer.InTime;
        }
    }

    /// <summary>A sidecar that a step has just started takes a moment; whoever expects no connection does not wait.</summary>
    private static async Task ListensAsync(Side side, JsonElement? answer, CancellationToken cancellationToken)
    {
        var isExpected = answer is not { } expected || !expected.TryGetProperty("refused", out _);
        while (isExpected && side.IsStarting)
        {
            side.HasListened = await AcceptsAsync(side.HttpPort, cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            if (side.HasListened)
                await SettlesAsync(side, cancellationToken);
        }
    }

    /// <summary>Its API answers before its app has been asked what it subscribes to; whoever publishes at once would lose that on some brokers.</summary>
    private static async Task SettlesAsync(Side side, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (side is { AppPort: not null, Process.HasEnded: false } && TimeProvider.System.GetElapsedTime(start) < SettlesWithin
            && !await World.IsUpAsync(side, "/v1.0/healthz", cancellationToken))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
    }

    private static async Task<bool> AcceptsAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public string? Compare(JsonElement recorded, object? actual)
    {
        world.Compared++;
        return Difference(recorded, actual);
    }

    private string? Difference(JsonElement recorded, object? actual) => actual switch
    {
        NoAnswer.Refused => recorded.TryGetProperty("refused", out _) ? null : "no connection came about",
        NoAnswer.Closed => recorded.TryGetProperty("closed", out _) ? null : "the connection was closed without an answer",
        NoAnswer.InTime => recorded.TryGetProperty("none_within_seconds", out _) ? null : "no answer in time",
        Message message => Http(recorded, message),
        GrpcAnswer answer => Grpc(recorded, answer),
        _ => "no answer",
    };

    private string? Http(JsonElement recorded, Message message)
    {
        if (!recorded.TryGetProperty("status", out var status))
            return $"answered {message.FirstLine}, expected {recorded.GetRawText()}";
        var comparison = new Comparison(world.Placeholders, freeTails: status.GetInt32() >= 400);
        var code = message.FirstLine.Split(' ')[1];
        if (code != status.GetRawText())
            return $"status: expected {status}, got {code} {System.Text.Encoding.UTF8.GetString(message.Body.AsSpan(0, Math.Min(message.Body.Length, 200)))}";
        if (message.Headers.ContainsKey("server"))
            return "header server: not expected";
        return (recorded.TryGetProperty("headers", out var headers) ? comparison.Headers(WithOwnLength(headers), message.Headers, all: false) : null)
            ?? comparison.Body(recorded, message.Body);
    }

    /// <summary>The length of an upstream's JSON is that of what our own upstream sent.</summary>
    private JsonElement WithOwnLength(JsonElement headers)
    {
        const string Length = "metadata.content-length";
        if (!headers.TryGetProperty(Length, out _) || world.Peers.GetValueOrDefault("upstream")?.LastJsonLength is not { } length)
            return headers;
        return JsonSerializer.SerializeToElement(headers.EnumerateObject().ToDictionary(
            header => header.Name, header => header.Name == Length ? length.ToString(CultureInfo.InvariantCulture) : header.Value.GetString()));
    }

    private string? Grpc(JsonElement recorded, GrpcAnswer answer)
    {
        var comparison = new Comparison(world.Placeholders, freeTails: true);
        var code = recorded.GetProperty("code").GetString()!;
        if (code != answer.Code)
            return $"code: expected {code}, got {answer.Code} {answer.Text}";
        if (code == "OK")
            return Headers(recorded, answer, comparison) ?? new Comparison(world.Placeholders).Body(recorded, answer.Message);
        return (recorded.TryGetProperty("text", out var text) ? comparison.Text("text", text.GetString()!, answer.Text) : null)
            ?? (recorded.TryGetProperty("details", out var details) ? comparison.Value("details", details, answer.Details) : null)
            ?? Headers(recorded, answer, comparison);
    }

    private static string? Headers(JsonElement recorded, GrpcAnswer answer, Comparison comparison) =>
        (recorded.TryGetProperty("headers", out var headers) ? comparison.Headers(headers, answer.Headers, all: false) : null)
        ?? (recorded.TryGetProperty("trailers", out var trailers) ? comparison.Headers(trailers, answer.Trailers, all: false) : null);

    private List<KeyValuePair<string, string>> HeadersOf(JsonElement send) =>
        send.TryGetProperty("headers", out var headers)
            ? [.. headers.EnumerateObject().Select(header => KeyValuePair.Create(header.Name, world.Placeholders.Fill(header.Value.GetString()!)))]
            : [];
}
