using System.Net;
using System.Net.Sockets;

namespace CloudNative.Local.Sidecars;

/// <summary>Waits for the app's port to accept, then lets every API begin its work for the app.</summary>
internal sealed partial class AppWatch(
    SidecarOptions options, IReadOnlyList<IAppLifecycle> lifecycles, Readiness readiness, TimeProvider time, ILogger<AppWatch> logger)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (options.AppPort is { } port)
                await AcceptsAsync(port, cancellationToken);
            foreach (var lifecycle in lifecycles)
                await lifecycle.OnAppListeningAsync(cancellationToken);
            readiness.AppIsReady();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped before the app came up.
        }
#pragma warning disable CA1031 // The edge of a background task: the sidecar goes on serving and stays not ready, as the log says.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotReady(exception, options.AppId);
        }
    }

    private async Task AcceptsAsync(int port, CancellationToken cancellationToken)
    {
        while (!await TryConnectAsync(port, cancellationToken))
            await Task.Delay(PollInterval, time, cancellationToken);
    }

    private static async Task<bool> TryConnectAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "Sidecar of {AppId} does not become ready")]
    private partial void LogNotReady(Exception exception, string appId);
}
