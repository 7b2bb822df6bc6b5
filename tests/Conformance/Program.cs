using CloudNative.Conformance;

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
return await new ReplayAll(options, Console.Out).RunAsync(interrupted.Token);
