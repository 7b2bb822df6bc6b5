namespace CloudNative.Conformance;

/// <summary>Replays every recording of the folders, several at a time, and prints one line each in their order.</summary>
internal sealed class ReplayCommand(ReplayOptions options, TextWriter output)
{
    /// <returns>1 where any recording differs, else 0.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var replayer = new Replayer(options.Runtime, options.RunFileRuntime, NotServed.Read());
        using var places = new SemaphoreSlim(options.Parallel);
        var counts = new Dictionary<Verdict, int>();
        foreach (var (file, replay) in Files().Select(file => (file, ReplayAsync(replayer, file, places, cancellationToken))).ToList())
        {
            var outcome = await replay;
            counts[outcome.Verdict] = counts.GetValueOrDefault(outcome.Verdict) + 1;
            await WriteAsync(file, outcome);
        }
        await output.WriteLineAsync(
            $"{counts.GetValueOrDefault(Verdict.Same)} same, {counts.GetValueOrDefault(Verdict.Differs)} differ, {counts.GetValueOrDefault(Verdict.NotServed)} not served");
        return counts.ContainsKey(Verdict.Differs) ? 1 : 0;
    }

    private static async Task<Outcome> ReplayAsync(Replayer replayer, string file, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        try
        {
            return await replayer.RunAsync(file, cancellationToken);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task WriteAsync(string file, Outcome outcome)
    {
        var word = outcome.Verdict switch { Verdict.Same => "same", Verdict.Differs => "differs", _ => "not-served" };
        await output.WriteLineAsync($"{word,-10}  {Recording.NameOf(file)}  {outcome.Detail}".TrimEnd());
        if (options.Verbose && outcome.Verdict == Verdict.Differs)
            await output.WriteLineAsync(outcome.Log);
    }

    private IEnumerable<string> Files() =>
        options.Folders
            .SelectMany<string, string>(path => File.Exists(path) ? [path] : Directory.EnumerateFiles(path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            .Where(file => options.Only is null || file.Contains(options.Only, StringComparison.Ordinal));
}
