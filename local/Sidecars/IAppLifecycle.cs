namespace CloudNative.Local.Sidecars;

/// <summary>An <see cref="IApi"/> that also has work of its own to do for the app.</summary>
public interface IAppLifecycle
{
    /// <summary>
    /// Called once, when the app's port accepts connections (at start where there is no app). The sidecar reports itself ready when all
    /// of these have returned; a failure is logged and leaves it not ready.
    /// </summary>
    Task OnAppListeningAsync(CancellationToken cancellationToken);

    /// <summary>Takes no new work and finishes what is in hand. The API still answers meanwhile.</summary>
    /// <param name="cancellationToken">Set when the time for an orderly end is over.</param>
    Task DrainAsync(CancellationToken cancellationToken);
}
