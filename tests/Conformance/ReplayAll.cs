namespace CloudNative.Conformance;

internal enum Verdict
{
    Same,
    Differs,
    NotServed,
}

internal sealed record Outcome(Verdict Verdict, string Detail);

/// <summary>Replays every recording of the folders, one line each.</summary>
internal sealed class ReplayAll(ReplayOptions options, TextWriter output)
{
    /// <returns>1 where any recording differs, else 0.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var counts = new Dictionary<Verdict, int>();
        foreach (var file in options.Folders.SelectMany(Recordings).Where(file => options.Only is null || file.Contains(options.Only, StringComparison.Ordinal)))
        {
            using var recording = Recording.Load(file);
            var outcome = await OutcomeAsync(recording, cancellationToken);
            counts[outcome.Verdict] = counts.GetValueOrDefault(outcome.Verdict) + 1;
            var word = outcome.Verdict switch { Verdict.Same => "same", Verdict.Differs => "differs", _ => "not-served" };
            await output.WriteLineAsync($"{word,-10}  {recording.Area}/{recording.Name}  {outcome.Detail}".TrimEnd());
        }
        await output.WriteLineAsync(
            $"{counts.GetValueOrDefault(Verdict.Same)} same, {counts.GetValueOrDefault(Verdict.Differs)} differ, {counts.GetValueOrDefault(Verdict.NotServed)} not served");
        return counts.ContainsKey(Verdict.Differs) ? 1 : 0;
    }

    private async Task<Outcome> OutcomeAsync(Recording recording, CancellationToken cancellationToken)
    {
        if (recording.WhyNotServed() is { } reason)
            return new Outcome(Verdict.NotServed, reason);
        var world = new World(recording, options.Command);
        await using (world)
        {
            var outcome = await new Replay(recording, world).RunAsync(cancellationToken);
            if (options.Verbose && outcome.Verdict == Verdict.Differs)
                await output.WriteLineAsync(world.LogsOfSidecars());
            return outcome;
        }
    }

    private static IEnumerable<string> Recordings(string path) =>
        File.Exists(path) ? [path] : Directory.EnumerateFiles(path, "*.json").Order(StringComparer.Ordinal);
}
