using CloudNative.Conformance.RunFile;

namespace CloudNative.Conformance;

/// <summary>Replays single recordings against a runtime.</summary>
/// <param name="command">Starts one sidecar: see <see cref="ReplayOptions.Usage"/>.</param>
/// <param name="runFileCommand">Runs a run file: see there too.</param>
internal sealed class Replayer(string command, string runFileCommand, NotServed notServed)
{
    public async Task<Outcome> RunAsync(string file, CancellationToken cancellationToken)
    {
        using var recording = Recording.Load(file);
        if (notServed.Reason(recording) is { } reason)
            return new Outcome(Verdict.NotServed, reason);
        try
        {
            if (recording.IsOfRunFile)
                return await new RunFileReplay(recording, runFileCommand).RunAsync(cancellationToken);
            await using var world = new World(recording, command);
            var difference = await new Replay(recording, world).RunAsync(cancellationToken);
            return Judge(difference, world);
        }
        catch (ReplayException unable)
        {
            return new Outcome(Verdict.Differs, unable.Message);
        }
    }

    private Outcome Judge(string? difference, World world)
    {
        var log = world.LogsOfSidecars();
        if (difference is not null)
            return notServed.ReasonInLog(log) is { } reason ? new Outcome(Verdict.NotServed, $"{reason}: {difference}", log) : new Outcome(Verdict.Differs, difference, log);
        return world.Compared > 0 ? new Outcome(Verdict.Same, "", log) : new Outcome(Verdict.NotServed, "nothing in it can be compared", log);
    }
}
