using System.Collections;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace CloudNative.Conformance.RunFile;

/// <summary>
/// The app of the run-file recordings: notes its environment, folder, arguments, requests and signals, answers GET /healthz with 200 and all
/// else with 404 on APP_PORT (any port without it), and ends on a signal with 0, or with EXIT after EXIT_AFTER seconds.
/// </summary>
internal static class StandInApp
{
    /// <summary>The program's first argument, which makes it this app.</summary>
    public const string Script = "app.py";

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.GetCurrentDirectory();
        var id = Path.GetFileName(folder);
        var notes = new AppNotes(Environment.GetEnvironmentVariable(AppNotes.FolderVariable)!, id);
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, EndBy);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, EndBy);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, EndBy);
        notes.Started(JsonSerializer.Serialize(new { env = Variables(), cwd = folder, argv = args }));
        await Console.Out.WriteLineAsync($"out of {id}");
        await Console.Error.WriteLineAsync($"err of {id}");
        using var listener = new TcpListener(IPAddress.Loopback, Number("APP_PORT") ?? 0);
        listener.Start();
        _ = ServeAsync(listener, notes);
        return await (Number("EXIT_AFTER") is { } seconds
            ? Task.WhenAny(ended.Task, ExitAsync(TimeSpan.FromSeconds(seconds), Number("EXIT") ?? 0)).Unwrap()
            : ended.Task);

        void EndBy(PosixSignalContext signal)
        {
            signal.Cancel = true;
            notes.Signal(signal.Signal.ToString());
            ended.TrySetResult(0);
        }
    }

    private static async Task<int> ExitAsync(TimeSpan after, int code)
    {
        await Task.Delay(after, TimeProvider.System, CancellationToken.None);
        return code;
    }

    private static async Task ServeAsync(TcpListener listener, AppNotes notes)
    {
        while (true)
            _ = AnswerAsync(await listener.AcceptTcpClientAsync(CancellationToken.None), notes);
    }

    private static async Task AnswerAsync(TcpClient client, AppNotes notes)
    {
        using (client)
        {
            var stream = client.GetStream();
            while (await Wire.ReadAsync(stream, bodyless: false, CancellationToken.None) is { } request)
            {
                var line = request.FirstLine[..request.FirstLine.LastIndexOf(' ')];
                notes.Request(line);
                await Wire.WriteAsync(stream, line == "GET /healthz" ? "HTTP/1.1 200 OK" : "HTTP/1.1 404 Not Found", [], [], CancellationToken.None);
            }
        }
    }

    private static Dictionary<string, string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value!);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
