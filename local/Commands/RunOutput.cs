using System.Globalization;
using CloudNative.Local.Console;
using CloudNative.Local.RunFiles;
using Spectre.Console;

namespace CloudNative.Local.Commands;

/// <summary>What the host says on its console: a table for people, plain lines where the output goes to a file or a program.</summary>
internal sealed class RunOutput(TextWriter lines, bool isPlain)
{
    /// <summary>Where the apps' own lines go. Safe for several threads.</summary>
    public TextWriter Lines { get; } = TextWriter.Synchronized(lines);

    public void Apps(RunStatus status, string console)
    {
        if (isPlain)
        {
            foreach (var app in status.Apps)
                Lines.WriteLine($"{app.Id}  {app.Address ?? "no port"}  sidecar {app.Http}  gRPC {app.Grpc}");
            return;
        }
        var table = new Table().AddColumns("App", "Address", "Sidecar HTTP", "Sidecar gRPC");
        foreach (var app in status.Apps)
            table.AddRow(app.Id, app.Address ?? "-", app.Http, app.Grpc);
        AnsiConsole.Write(table.Caption(console));
    }

    public void Attached(AppDefinition app, IReadOnlyDictionary<string, string> environment) => Lines.WriteLine(
        $"Waiting for {app.Id}, which you start in {app.Folder} with: "
        + string.Join(' ', environment.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={Quoted(pair.Value)}")));

    public void Ready(int apps, TimeSpan elapsed, string console) => Lines.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"Ready in {elapsed.TotalSeconds:0.0} s: {apps} app{(apps == 1 ? "" : "s")}, console {console}"));

    public void LeftBehindEnded(int count) => Lines.WriteLine($"Ended {count} app{(count == 1 ? "" : "s")} that a killed host had left behind");

    public void Stopping() => Lines.WriteLine("Stopping: apps first, then their sidecars");

    private static string Quoted(string value) => value.Length > 0 && value.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:".Contains(letter, StringComparison.Ordinal))
        ? value
        : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
