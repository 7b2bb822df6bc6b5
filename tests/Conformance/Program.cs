using CloudNative.Conformance;
using CloudNative.Conformance.RunFile;

if (args is [StandInApp.Script, ..])
    return await StandInApp.RunAsync(args);
if (args is ["relevance", ..])
    return await Relevance.RunAsync(args[1..], Console.Out, CancellationToken.None);
// A test host starts this program with arguments of its own; the verbs are for people.
if (args is not ["replay", ..])
    return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
if (ReplayOptions.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(ReplayOptions.Usage);
    return 2;
}
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};
return await new ReplayCommand(options, Console.Out).RunAsync(interrupted.Token);
