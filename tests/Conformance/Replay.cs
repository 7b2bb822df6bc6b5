using System.Text.Json;

namespace CloudNative.Conformance;

/// <summary>The steps of one recording, in order, up to the first that differs.</summary>
internal sealed class Replay(Recording recording, World world)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Exchange exchange = new(world);
    private readonly Dictionary<string, Task<object?>> calls = [];
    private readonly Deliveries deliveries = new(world);
    private long signalled;

    /// <returns>The first difference; null where there is none.</returns>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        if (await world.SetUpAsync(cancellationToken) is { } failure)
            return failure;
        foreach (var (i, step) in recording.Steps.Index())
        {
            if (await StepAsync(i, step, cancellationToken) is { } difference)
                return $"step {i + 1}: {difference}";
        }
        return deliveries.Surplus();
    }

    private async Task<string?> StepAsync(int index, JsonElement step, CancellationToken cancellationToken)
    {
        if (step.TryGetProperty("received", out var received))
            return await ReceivedAsync(index, received, step, cancellationToken);
        if (step.TryGetProperty("call", out var call))
            return Start(call.GetString()!, step.GetProperty("send"), cancellationToken);
        if (step.TryGetProperty("returned", out var returned))
            return await ReturnedAsync(returned.GetString()!, step, cancellationToken);
        if (step.TryGetProperty("send", out var send))
            return await SendAsync(send, step, cancellationToken);
        if (step.TryGetProperty("wait", out var wait) || step.TryGetProperty("wait_seconds", out wait))
            return await WaitAsync(wait.GetDouble(), cancellationToken);
        if (step.TryGetProperty("quiet", out var quiet))
            return await QuietAsync(quiet, cancellationToken);
        if (step.TryGetProperty("inspect", out var inspect))
            return Inspect(inspect, step);
        if (Deliveries.Knows(step))
            return await deliveries.CheckAsync(step, cancellationToken);
        return await ChangeAsync(step, cancellationToken);
    }

    private async Task<string?> ReceivedAsync(int index, JsonElement received, JsonElement step, CancellationToken cancellationToken)
    {
        var peer = world.PeerOf(received.GetProperty("by").GetString()!);
        var request = received.GetProperty("http").GetString()!;
        if (await peer.ArrivalAsync(index, Patience, cancellationToken) is not { } arrival)
            return $"{peer.Name} did not receive {request}; unexpected: {peer.Unexpected()}";
        world.Compared++;
        var comparison = new Comparison(world.Placeholders);
        var line = arrival.Request.FirstLine;
        return comparison.Text("request", request, line[..line.LastIndexOf(' ')])
            ?? (received.TryGetProperty("headers", out var headers) ? comparison.Headers(headers, arrival.Request.Headers, all: true) : null)
            ?? comparison.Body(received, arrival.Request.Body)
            ?? deliveries.Add(peer, arrival, step);
    }

    private async Task<string?> SendAsync(JsonElement send, JsonElement step, CancellationToken cancellationToken)
    {
        var answer = step.GetProperty("answer");
        var within = step.TryGetProperty("within_seconds", out var seconds) ? TimeSpan.FromSeconds(seconds.GetDouble()) : Settling(send, answer);
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var sent = TimeProvider.System.GetTimestamp();
            deliveries.LastSent = sent;
            var difference = await exchange.RunAsync(send, answer, cancellationToken);
            if (difference is null)
                return step.TryGetProperty("took_seconds", out var took) ? Took(took, TimeProvider.System.GetElapsedTime(sent)) : null;
            if (TimeProvider.System.GetElapsedTime(start) >= within)
                return difference;
            await WaitAsync(0.1, cancellationToken);
        }
    }

    /// <summary>A sidecar becomes ready a moment after its app has answered the last question, which the steps may name just before.</summary>
    private static TimeSpan Settling(JsonElement send, JsonElement answer) =>
        send.TryGetProperty("http", out var http) && http.GetString() == "GET /v1.0/healthz" && answer.TryGetProperty("status", out var status) && status.GetInt32() == 204
            ? TimeSpan.FromSeconds(2)
            : TimeSpan.Zero;

    private static string? Took(JsonElement between, TimeSpan took) =>
        took.TotalSeconds < between[0].GetDouble() - 0.05 || took.TotalSeconds > between[1].GetDouble() + 0.5
            ? $"took {took.TotalSeconds:0.00} s, expected {between.GetRawText()}"
            : null;

    private string? Start(string name, JsonElement send, CancellationToken cancellationToken)
    {
        calls[name] = exchange.SendAsync(send, null, cancellationToken);
        return null;
    }

    private async Task<string?> ReturnedAsync(string name, JsonElement step, CancellationToken cancellationToken)
    {
        var within = step.TryGetProperty("within_seconds", out var seconds) ? TimeSpan.FromSeconds(seconds.GetDouble()) : Patience;
        try
        {
            return exchange.Compare(step.GetProperty("answer"), await calls[name].WaitAsync(within, TimeProvider.System, cancellationToken));
        }
        catch (TimeoutException)
        {
            return $"call {name} did not return in {within.TotalSeconds} s";
        }
    }

    private async Task<string?> QuietAsync(JsonElement quiet, CancellationToken cancellationToken)
    {
        var peer = world.PeerOf(quiet.GetProperty("by").GetString()!);
        var before = peer.Count;
        await WaitAsync(quiet.GetProperty("seconds").GetDouble(), cancellationToken);
        world.Compared++;
        deliveries.Until(peer, TimeProvider.System.GetTimestamp());
        return peer.Count == before ? null : $"{peer.Name} received something: {peer.Unexpected()}";
    }

    private string? Inspect(JsonElement inspect, JsonElement step)
    {
        var comparison = new Comparison(world.Placeholders);
        if (inspect.TryGetProperty("sqlite", out var file))
        {
            var rows = Sqlite.Query(world.Placeholders.Fill(file.GetString()!), inspect.GetProperty("sql").GetString()!);
            var recorded = JsonSerializer.SerializeToElement(step.GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray()
                .Select(value => value.ValueKind == JsonValueKind.String ? Sqlite.Comparable(value.GetString()!) : (object?)value)));
            return comparison.Value("rows", recorded, rows);
        }
        if (inspect.TryGetProperty("folder", out var folder))
        {
            var names = Directory.EnumerateFileSystemEntries(world.Placeholders.Fill(folder.GetString()!)).Select(Path.GetFileName).Order(StringComparer.Ordinal);
            return comparison.Value("files", step.GetProperty("rows"), JsonSerializer.SerializeToElement(names));
        }
        if (inspect.TryGetProperty("file", out var path) && step.TryGetProperty("exists", out var exists))
            return File.Exists(world.Placeholders.Fill(path.GetString()!)) == exists.GetBoolean() ? null : $"{path.GetString()} exists: expected {exists}";
        throw new ReplayException("the replayer cannot look there");
    }

    private async Task<string?> ChangeAsync(JsonElement step, CancellationToken cancellationToken)
    {
        if (step.TryGetProperty("execute", out var execute))
            Sqlite.Execute(world.Placeholders.Fill(execute.GetProperty("sqlite").GetString()!), execute.GetProperty("sql"));
        else if (step.TryGetProperty("start", out var start))
            return await world.StartAsync(world.SideOf(start.GetString()), ready: false, cancellationToken);
        else if (step.TryGetProperty("restart", out var restart))
            return await RestartAsync(world.SideOf(restart.GetString()), cancellationToken);
        else if (step.TryGetProperty("stop", out var stop))
            return await StopAsync(world.SideOf(stop.GetString()), cancellationToken);
        else if (step.TryGetProperty("signal", out var signal))
            await SignalAsync(signal.GetString()!, step, cancellationToken);
        else if (step.TryGetProperty("exits", out var exits))
            return await ExitsAsync(exits.GetInt32(), step, cancellationToken);
        else if (step.TryGetProperty("resource", out var resource))
            await ResourceAsync(resource.GetString()!, step, cancellationToken);
        else if (step.TryGetProperty("file", out var file))
            await World.WriteAsync(world.Placeholders.Fill(file.GetString()!), world.Placeholders.Fill(step.GetProperty("text").GetString()!), cancellationToken);
        else if (world.Peers.Keys.FirstOrDefault(name => step.TryGetProperty(name, out _)) is { } peer)
            App(peer, step.GetProperty(peer).GetString()!, step);
        else if (!step.TryGetProperty("note", out _))
            throw new ReplayException($"the replayer has no step {step.EnumerateObject().First().Name}");
        return null;
    }

    private async Task<string?> RestartAsync(Side side, CancellationToken cancellationToken)
    {
        side.Process?.Dispose();
        return await world.StartAsync(side, ready: true, cancellationToken);
    }

    private static async Task<string?> StopAsync(Side side, CancellationToken cancellationToken)
    {
        await side.Process!.SignalAsync("SIGTERM", cancellationToken);
        return await side.Process.ExitCodeAsync(Patience, cancellationToken) is null ? $"{side.AppId} did not stop" : null;
    }

    private async Task SignalAsync(string name, JsonElement step, CancellationToken cancellationToken)
    {
        signalled = TimeProvider.System.GetTimestamp();
        await world.SideOf(step.TryGetProperty("to", out var to) ? to.GetString() : null).Process!.SignalAsync(name, cancellationToken);
    }

    private async Task<string?> ExitsAsync(int code, JsonElement step, CancellationToken cancellationToken)
    {
        var within = TimeSpan.FromSeconds(step.GetProperty("within_seconds").GetDouble());
        var process = world.SideOf(null).Process!;
        if (await process.ExitCodeAsync(within, cancellationToken) is not { } actual)
            return $"still runs after {within.TotalSeconds} s, expected exit code {code}";
        world.Compared++;
        if (actual != code)
            return $"exit code {actual}, expected {code}: {process.LastLine}";
        var after = TimeProvider.System.GetElapsedTime(signalled).TotalSeconds;
        return signalled != 0 && step.TryGetProperty("not_before_seconds", out var least) && after < least.GetDouble() - 0.3
            ? $"ended after {after:0.0} s, expected not before {least}"
            : null;
    }

    private async Task ResourceAsync(string name, JsonElement step, CancellationToken cancellationToken)
    {
        var path = Path.Combine(world.ResourcesOf(world.SideOf(null)), name);
        if (step.TryGetProperty("text", out var text))
            await World.WriteAsync(path, world.Placeholders.Fill(text.GetString()!), cancellationToken);
        else
            File.Delete(path);
    }

    private void App(string name, string does, JsonElement step)
    {
        var peer = world.PeerOf(name);
        if (step.TryGetProperty("otherwise", out var answers))
            peer.AnswerOtherwise(answers.TryGetProperty(name, out var own) ? own : answers);
        if (does.StartsWith("opens", StringComparison.Ordinal))
            peer.Open();
        else if (does.StartsWith("closes", StringComparison.Ordinal))
            peer.Close();
    }

    private static async Task<string?> WaitAsync(double seconds, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, cancellationToken);
        return null;
    }
}
