using System.Net;
using CloudNative.Local.Console.Traces;
using CloudNative.Local.Faults;

namespace CloudNative.Local.Console;

/// <summary>What the console shows and can do.</summary>
/// <param name="Status">How everything stands now.</param>
/// <param name="LogFile">Where the log of an app is.</param>
/// <param name="Components">The names that have a fault switch.</param>
/// <param name="Stop">Ends the host in the orderly way.</param>
internal sealed record ConsoleSource(Func<RunStatus> Status, Func<string, string> LogFile, FaultSwitches Faults, IReadOnlySet<string> Components, Action Stop);

/// <summary>The host's own listener, on 127.0.0.1 only.</summary>
internal static class ConsoleServer
{
    private const int LogTailBytes = 256 * 1024;

    /// <summary>Listens once the returned application is started.</summary>
    public static WebApplication Build(int port, ConsoleSource source)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ConsoleJson.Default));
        var app = builder.Build();
        app.Use(LoopbackOnly.CheckAsync);
        var spans = new RecentSpans();
        Map(app, source, spans);
        OtlpEndpoint.Map(app, spans);
        return app;
    }

    private static void Map(WebApplication app, ConsoleSource source, RecentSpans spans)
    {
        app.MapGet("/", () => Results.Text(StatusPage.Render(source.Status(), spans.Traces()), Html.ContentType));
        app.MapGet("/traces", () => Results.Json(spans.Traces(), ConsoleJson.Default.IReadOnlyListTrace));
        app.MapGet("/traces/{id}", (string id) => spans.Traces().FirstOrDefault(trace => trace.Id == id) is { } trace
            ? Results.Text(TracePage.Render(trace), Html.ContentType)
            : Results.Problem($"There is no trace '{id}', or no longer.", statusCode: StatusCodes.Status404NotFound));
        app.MapGet("/apps", () => Results.Ok(source.Status()));
        app.MapGet("/healthz", () => source.Status() is var status && status.IsReady
            ? Results.Text("ready")
            : Results.Json(status, ConsoleJson.Default.RunStatus, statusCode: StatusCodes.Status503ServiceUnavailable));
        app.MapGet("/logs/{app}", async (string app, CancellationToken cancellationToken) => source.Status().Apps.Any(known => known.Id == app)
            ? Results.Text(await TailAsync(source.LogFile(app), cancellationToken))
            : Results.Problem($"There is no app '{app}'.", statusCode: StatusCodes.Status404NotFound));
        app.MapPost("/faults/switch", new FaultEndpoint(source.Faults, source.Components).SwitchAsync);
        app.MapPost("/stop", () =>
        {
            source.Stop();
            return Results.Accepted();
        });
    }

    private static async Task<string> TailAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            return "";
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(-Math.Min(LogTailBytes, stream.Length), SeekOrigin.End);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    /// <summary>Signals belong to the host around it.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
