using System.Text.Json.Serialization;
using CloudNative.Local.Apps;
using CloudNative.Local.Console.Traces;

namespace CloudNative.Local.Console;

/// <summary>The answer of <c>GET /apps</c>, and of <c>GET /healthz</c> while something is not ready.</summary>
/// <param name="NotReady">What is waited for, in words.</param>
public sealed record RunStatus(bool IsReady, IReadOnlyList<string> NotReady, IReadOnlyList<AppStatus> Apps)
{
    public static RunStatus Of(IReadOnlyList<AppStatus> apps)
    {
        var waitedFor = apps.Where(app => !app.IsReady).Select(Describe).ToList();
        return new RunStatus(waitedFor.Count == 0, waitedFor, apps);
    }

    private static string Describe(AppStatus app) => app.State switch
    {
        AppState.Running => $"sidecar of {app.Id}",
        AppState.Attached => $"{app.Id} (to be started by you)",
        AppState.Waiting => $"{app.Id} (ended with exit code {app.LastExitCode}, started again soon)",
        AppState.Ended => $"{app.Id} (ended with exit code 0)",
        _ => app.Id,
    };
}

/// <summary>The body of <c>POST /faults/switch</c>.</summary>
/// <param name="Mode">refuse, delay or off.</param>
/// <param name="Seconds">How long the fault lasts: up to 3600, 30 unless given.</param>
/// <param name="DelayMs">For delay: what each call waits, up to 60000 ms.</param>
public sealed record FaultSwitch(string? Component, string? Mode, double? Seconds, int? DelayMs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunStatus))]
[JsonSerializable(typeof(IReadOnlyList<Trace>))]
[JsonSerializable(typeof(FaultSwitch))]
internal sealed partial class ConsoleJson : JsonSerializerContext;
