using System.Text.Json;
using System.Text.RegularExpressions;

namespace CloudNative.Conformance.RunFile;

/// <summary>
/// A run in which the CLI is silent, hangs or starts on regardless. Better is to tell the mistake and end with a code other than 0, or, where
/// an app has ended by itself, to say so while the rest goes on as recorded.
/// </summary>
internal sealed partial class BetterRun(RunUnderTest run, JsonElement seen)
{
    /// <returns>The first difference; null where there is none.</returns>
    public async Task<string?> DifferenceAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var goesOn = await run.UntilAsync(() => Task.FromResult(AnAppHasEnded && SaysSo && HasStartedAsRecorded), patience, cancellationToken) && !run.HasEnded;
        if (goesOn)
            return await RestAsync(cancellationToken);
        return await run.ExitCodeAsync(TimeSpan.Zero, cancellationToken) switch
        {
            null => "goes on without a word about the mistake",
            0 => "exit code: expected another than 0",
            _ => run.OwnLines.Any() ? null : "ends without a word",
        };
    }

    private bool AnAppHasEnded => Lines("console").Any(line => AppEnded().IsMatch(line));

    private bool SaysSo => run.OwnLines.Any(line => Ending().IsMatch(line) && Ids.Any(id => line.Contains(id, StringComparison.Ordinal)));

    private bool HasStartedAsRecorded => Lines("apps started").All(run.StartedApps.Contains);

    private IEnumerable<string> Ids => Lines("console").Select(line => Started().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);

    private async Task<string?> RestAsync(CancellationToken cancellationToken)
    {
        if (seen.TryGetProperty("apps started", out _) && SeenAnswers.Texts("apps started", Lines("apps started"), run.StartedApps.Distinct()) is { } other)
            return other;
        if (run.Folder.Apps.FirstOrDefault(app => app.Signals.Count > 0) is { } signalled)
            return $"{signalled.Id} got {signalled.Signals[0]} when another app ended";
        var recorded = seen.GetProperty("exit code after SIGINT");
        var code = await run.InterruptAsync(cancellationToken);
        return recorded.ValueKind != JsonValueKind.Number || code == recorded.GetInt32() ? null : $"exit code after SIGINT: expected {recorded}, got {code?.ToString() ?? "none"}";
    }

    private IEnumerable<string> Lines(string member) => seen.TryGetProperty(member, out var lines) ? lines.EnumerateArray().Select(line => line.GetString()!) : [];

    [GeneratedRegex("^(?:The App process exited|Exited App)")]
    private static partial Regex AppEnded();

    [GeneratedRegex("""^ℹ️  Started Dapr with app id "([^"]+)"\.""")]
    private static partial Regex Started();

    [GeneratedRegex(@"\b(?:ended|exit|exited|crashed|not started|not found)\b")]
    private static partial Regex Ending();
}
