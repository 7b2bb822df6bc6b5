using System.CommandLine;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Commands;

/// <summary>The commands and options of the local runtime.</summary>
internal static class CommandLine
{
    private static readonly Option<string> RunFile = new("--run-file") { Description = "The run file, or its folder.", DefaultValueFactory = _ => "dapr.yaml" };
    private static readonly Option<string?> Data = new("--data") { Description = "Where everything durable lives (default: .local beside the run file).", Recursive = true };
    private static readonly Option<string[]> Resources = new("--resources") { Description = "Resources folders, instead of those of the run file.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Only = new("--only") { Description = "Ids of the apps to run, with commas between." };
    private static readonly Option<string[]> Attach = new("--attach") { Description = "Ids of apps that you start yourself; only their sidecars run." };
    private static readonly Option<string?> PortChoice = new("--ports") { Description = "auto: free ports instead of those of the run file." };
    private static readonly Option<int> ConsolePort = new("--console-port") { Description = "Of the web page; 0: a free one.", DefaultValueFactory = _ => RunOptions.DefaultConsolePort };
    private static readonly Option<bool> Telemetry = new("--telemetry") { Description = "Lets the apps report their traces to the web page." };
    private static readonly Option<double> Wait = new("--wait") { Description = "Seconds to wait for everything to be ready." };
    private static readonly Argument<string> Event = new("event") { Description = "The event as JSON." };

    public static RootCommand Create()
    {
        PortChoice.AcceptOnlyFromAmong("auto");
        var root = new RootCommand("Runs the apps of a dapr.yaml, each with a sidecar of its own, without daprd.") { RunFile, Data, Resources, Only, Attach, PortChoice, ConsolePort, Telemetry };
        root.SetAction((parsed, cancellationToken) => RunCommand.RunAsync(Options(parsed), cancellationToken));
        root.Add(Command("status", "Says how a running host stands; exit code 0 when everything is ready.", (parsed, cancellationToken) =>
            StatusCommand.RunAsync(DataOf(parsed), TimeSpan.FromSeconds(parsed.GetValue(Wait)), System.Console.Out, TimeProvider.System, cancellationToken), Wait));
        root.Add(Command("stop", "Ends a running host, or what a killed one left behind.", (parsed, cancellationToken) =>
            StopCommand.RunAsync(DataOf(parsed), System.Console.Out, TimeProvider.System, cancellationToken)));
        root.Add(Command("reset", "Deletes what the data folder holds, unless a host is running on it.", (parsed, _) =>
            ResetCommand.RunAsync(DataOf(parsed), System.Console.Out, TimeProvider.System)));
        root.Add(Command("publish", "Publishes one event through the first sidecar of a running host.", (parsed, cancellationToken) =>
            PublishCommand.RunAsync(DataOf(parsed), parsed.GetValue(Event)!, System.Console.Out, System.Console.Error, cancellationToken), Event));
        // Its arguments are daprd's, and read by the sidecar itself: see Program.cs.
        root.Add(new Command("sidecar", "Runs one sidecar alone, with arguments like daprd's."));
        return root;
    }

    private static Command Command(string name, string description, Func<ParseResult, CancellationToken, Task<int>> run, params Symbol[] symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option)
                command.Add(option);
            else if (symbol is Argument argument)
                command.Add(argument);
        }
        command.SetAction((parsed, cancellationToken) => ReportingAsync(run, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> ReportingAsync(Func<ParseResult, CancellationToken, Task<int>> run, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            return await run(parsed, cancellationToken);
        }
        catch (DataFolderInUseException exception)
        {
            await System.Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    private static RunOptions Options(ParseResult parsed) => new(
        parsed.GetValue(RunFile)!,
        parsed.GetValue(Resources) ?? [],
        parsed.GetValue(Data),
        Ids(parsed.GetValue(Only)),
        Ids(parsed.GetValue(Attach)),
        parsed.GetValue(PortChoice) == "auto",
        parsed.GetValue(ConsolePort),
        parsed.GetValue(Telemetry));

    private static string[] Ids(string[]? written) =>
        [.. (written ?? []).SelectMany(ids => ids.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static string DataOf(ParseResult parsed) => Path.GetFullPath(parsed.GetValue(Data) ?? ".local");
}
