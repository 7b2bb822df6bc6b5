using System.Diagnostics;
using CloudNative.TestKit;
using Grpc.Core;
using Grpc.Net.Client;

namespace CloudNative.Load;

/// <summary>The scenarios in turn, one printed line each.</summary>
internal sealed class LoadRun(string? runJson, TimeSpan duration, TimeSpan warmUp, int lanes, string store, string pubsub, HashSet<string> only)
{
    private static readonly Metadata _headers = Environment.GetEnvironmentVariable("DAPR_API_TOKEN") is { Length: > 0 } token
        ? new Metadata { { "dapr-api-token", token } }
        : [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (only.Contains("state"))
            await StateAsync(cancellationToken);
        if (only.Contains("publish"))
            await PublishAsync(1, cancellationToken);
        if (only.Contains("publish5"))
            await PublishAsync(5, cancellationToken);
        if (only.Contains("things"))
            await ThingsAsync(cancellationToken);
        if (only.Contains("lake"))
            await LakeAsync(cancellationToken);
        if (only.Contains("analytics"))
            await AnalyticsAsync([(100, 10), (100, 500), (1, 10_000)], 10_000, cancellationToken);
        if (only.Contains("analytics-large"))
            await AnalyticsAsync([(100, 10), (100, 5_000)], 100_000, cancellationToken);
        if (only.Contains("search"))
            await SearchLoad.RunAsync(runJson, duration, cancellationToken);
        if (only.Contains("search-index"))
            await SearchLoad.RunIndexAsync(duration, cancellationToken);
        if (only.Contains("start") && runJson is null)
            await StartAsync(cancellationToken);
    }

    private async Task StateAsync(CancellationToken cancellationToken)
    {
        await using var stack = await LoadAppsAsync(1, cancellationToken);
        using var channel = GrpcChannel.ForAddress(Run(stack)["load-1"].Grpc);
        await foreach (var line in StateLoad.RunAsync(new(channel), _headers, store, duration, cancellationToken))
            Console.WriteLine(line);
    }

    private async Task PublishAsync(int count, CancellationToken cancellationToken)
    {
        await using var stack = await LoadAppsAsync(count, cancellationToken);
        var run = Run(stack);
        var subscribers = new List<SubscriberApp>();
        try
        {
            foreach (var app in run.Apps.Where(app => app.Id.StartsWith("load-", StringComparison.Ordinal)).Take(count))
                subscribers.Add(await SubscriberApp.StartAsync(app.Address.ToString(), pubsub, lanes, PublishLoad.Capacity, cancellationToken));
            using var channel = GrpcChannel.ForAddress(run["load-1"].Grpc);
            var load = new PublishLoad(new(channel), _headers, pubsub, subscribers);
            Console.WriteLine(await load.UnloadedAsync(duration, cancellationToken));
            var (published, handled) = await load.SustainedAsync(duration, cancellationToken);
            Console.WriteLine(published);
            Console.WriteLine(handled);
        }
        finally
        {
            foreach (var subscriber in subscribers)
                await subscriber.DisposeAsync();
        }
    }

    private async Task ThingsAsync(CancellationToken cancellationToken)
    {
        await using var stack = runJson is null ? await LocalStack.StartAsync(["--only", "things-bff,data-lake"], cancellationToken) : null;
        var run = Run(stack);
        using var http = new HttpClient();
        var load = new ThingsLoad(http, run);
        await load.WarmUpAsync(warmUp, cancellationToken);
        foreach (var clients in (int[])[1, 32])
            Console.WriteLine(await load.RunAsync(clients, duration, cancellationToken));
        PrintMemory(run, "under load");
    }

    private async Task LakeAsync(CancellationToken cancellationToken)
    {
        await using var stack = runJson is null ? await LocalStack.StartAsync(["--only", "data-lake"], cancellationToken) : null;
        var run = Run(stack);
        using var http = new HttpClient();
        using var channel = GrpcChannel.ForAddress(run["data-lake"].Grpc);
        Console.WriteLine(await new LakeLoad(new(channel), _headers, pubsub, http, run).RunAsync(warmUp, duration, cancellationToken));
    }

    private async Task AnalyticsAsync((int Users, int EventsPerUser)[] lines, int rows, CancellationToken cancellationToken)
    {
        await using var stack = runJson is null ? await LocalStack.StartAsync(["--only", "analytics-bff"], cancellationToken) : null;
        var app = Run(stack)["analytics-bff"];
        using var http = new HttpClient();
        using var channel = GrpcChannel.ForAddress(app.Grpc);
        var load = new AnalyticsLoad(new(channel), _headers, pubsub, http, Run(stack));
        await load.CountAsync(100, 50, cancellationToken);
        foreach (var (users, eventsPerUser) in lines)
            Console.WriteLine(await load.CountAsync(users, eventsPerUser, cancellationToken));
        foreach (var line in await load.QueryAsync(rows, duration, cancellationToken))
            Console.WriteLine(line);
        PrintMemory(Run(stack), "analytics under load");
    }

    private static async Task StartAsync(CancellationToken cancellationToken)
    {
        var measurement = new Measurement("start-up to Ready, built");
        for (var i = 0; i < 3; i++)
        {
            var before = Stopwatch.GetTimestamp();
            await using var stack = await LocalStack.StartAsync([], cancellationToken);
            measurement.Add([Stopwatch.GetElapsedTime(before).TotalMilliseconds]);
            measurement.ElapsedSeconds += Stopwatch.GetElapsedTime(before).TotalSeconds;
            if (i == 2)
                PrintMemory(stack.Run, "idle");
        }

        Console.WriteLine(measurement);
    }

    private static void PrintMemory(RunDocument runtime, string when)
    {
        var apps = runtime.Apps.Select(app => (app.Id, Mb: ResidentMemory.OfProcess(app.Pid))).ToList();
        var host = ResidentMemory.OfProcess(runtime.HostPid);
        Console.WriteLine($"resident memory, {when}: {host + apps.Sum(a => a.Mb):F0} MB (host with all sidecars {host:F0}, {string.Join(", ", apps.Select(a => $"{a.Id} {a.Mb:F0}"))})");
    }

    private RunDocument Run(LocalStack? stack) => stack?.Run ?? RunDocument.Read(runJson!);

    private async Task<LocalStack?> LoadAppsAsync(int count, CancellationToken cancellationToken)
    {
        if (runJson is not null)
            return null;
        var apps = string.Join(',', Enumerable.Range(1, count).Select(n => $"load-{n}"));
        return await LocalStack.StartAsync(["--run-file", "tests/Load/dapr.yaml", "--only", apps, "--attach", apps], cancellationToken, until: "Waiting");
    }
}
