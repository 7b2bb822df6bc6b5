using System.CommandLine;
using CloudNative.Local.Commands;

if (args is ["sidecar", .. var sidecarArguments])
    return await SidecarCommand.RunAsync(sidecarArguments, CancellationToken.None);

// Signals are the commands' own: a run ends its apps first.
return await CommandLine.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
