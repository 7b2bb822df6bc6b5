using System.Text.Json;

namespace CloudNative.Conformance.RunFile;

/// <summary>
/// Replays a recording of <c>dapr run -f</c>. Where it expects the same, exit code, apps, what they found, signals, components and answers
/// have to be as seen; where it expects better, the runtime has to tell the mistake. Wording never compares.
/// </summary>
/// <param name="command">Starts the runtime: {run-file}, {data} and {console} (a port) are filled in.</param>
internal sealed class RunFileReplay(Recording recording, string command)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, typeof(RunFileReplay).Assembly.GetName().Name!);

    public async Task<Outcome> RunAsync(CancellationToken cancellationToken)
    {
        using var folder = new RunFolder(recording.Given, Program);
        using var run = new RunUnderTest(folder, command);
        var difference = await DifferenceAsync(run, cancellationToken);
        return new Outcome(difference is null ? Verdict.Same : Verdict.Differs, difference ?? "", run.Log);
    }

    private async Task<string?> DifferenceAsync(RunUnderTest run, CancellationToken cancellationToken)
    {
        var seen = recording.Seen;
        if (recording.IsExpectedToBeBetter)
            return await new BetterRun(run, seen).DifferenceAsync(Patience, cancellationToken);
        return seen.TryGetProperty("exit code", out var code) && !seen.TryGetProperty("signals the apps saw", out _)
            ? await EndedAsync(run, code.GetInt32(), seen, cancellationToken)
            : await new GoingRun(run, recording.Given, seen).DifferenceAsync(Patience, cancellationToken);
    }

    private static async Task<string?> EndedAsync(RunUnderTest run, int recorded, JsonElement seen, CancellationToken cancellationToken)
    {
        var code = await run.ExitCodeAsync(Patience, cancellationToken);
        if (code != recorded)
            return code is null ? $"goes on, expected exit code {recorded}" : $"exit code: expected {recorded}, got {code}";
        return SeenAnswers.Texts("apps started", seen.GetProperty("apps started").EnumerateArray().Select(id => id.GetString()), run.StartedApps);
    }
}
