using CloudNative.Local.Console;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Commands;

/// <summary>Says how a running host stands; exit code 0 when everything is ready, else 1.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <param name="wait">How long to wait for everything to be ready; zero looks once.</param>
    public static async Task<int> RunAsync(string data, TimeSpan wait, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var status = await LookAsync(http, data, cancellationToken);
        while (status is not { IsReady: true } && time.GetElapsedTime(started) < wait)
        {
            await Task.Delay(PollInterval, time, cancellationToken);
            status = await LookAsync(http, data, cancellationToken);
        }
        await output.WriteAsync(Describe(status, data));
        return status is { IsReady: true } ? 0 : 1;
    }

    private static string Describe(RunStatus? status, string data)
    {
        if (status is null)
            return $"No host runs on {data}.{Environment.NewLine}";
        var apps = status.Apps.Select(app => $"{app.Id}  {app.Address ?? "no port"}  {(app.IsReady ? "ready" : app.State)}  restarts {app.Restarts}  sidecar {app.Http}");
        return string.Join(Environment.NewLine, [.. apps, status.IsReady ? "Ready" : $"Waiting for: {string.Join(", ", status.NotReady)}", ""]);
    }

    private static async Task<RunStatus?> LookAsync(HttpClient http, string data, CancellationToken cancellationToken)
    {
        if (RunRecord.Read(data) is not { Host.IsRunning: true } record)
            return null;
        try
        {
            return await http.GetFromJsonAsync(new Uri(new Uri(record.Console), "/apps"), ConsoleJson.Default.RunStatus, cancellationToken);
        }
        catch (HttpRequestException)
        {
            // It is starting, or has just ended.
            return null;
        }
    }
}
